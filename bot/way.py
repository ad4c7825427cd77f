"""The way back to one person: the response_url of what they did, else the channel, else their own messages."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from bot import blocks
from bot.blocks import Block
from bot.replies import Reply
from bot.slack import Slack
from bot.slack_faults import Meaning, SlackFault, SlackRefused
from sync.domain.letters import Enclosure
from sync.errors import UserError

log = logging.getLogger("tieout.bot")

_USES = 5  # of one response_url (Slack docs)
_PLAIN = 3_500  # characters of a message that is text alone


class Way:
    """Answers one person about one thing that they did. What it says is seen by nobody else."""

    def __init__(self, slack: Slack, user: str, channel: str = "", response_url: str = "") -> None:
        self._slack = slack
        self.user = user
        self.channel = channel
        self._url = response_url
        self._uses = 0

    def say(self, text: str, told: Sequence[Block] = ()) -> None:
        """Shows blocks, with `text` (plain) for notifications; where Slack refuses them, the text alone.

        Raises the last SlackFault where no way was open.
        """
        line = blocks.one_line(text)
        try:
            self._send(line, list(told))
        except SlackRefused as fault:
            if not told or fault.meaning is not Meaning.BLOCKS:
                raise
            log.warning("Slack took no blocks: %s", fault)
            self._send(blocks.cut_mrkdwn(blocks.escape(text), _PLAIN), [])

    def reply(self, reply: Reply) -> None:
        """A whole reply, inside Slack's limits; what they leave out, and its files, in the person's own messages."""
        told, left_out = blocks.fitted(reply.blocks or [blocks.said(reply.text)])
        files = self.enclosed(reply, left_out)
        if files:
            told.insert(-1 if told[-1]["type"] == "actions" else len(told), _elsewhere(reply, left_out))
        self.say(reply.line or reply.text, told)
        for file in files:
            self.give(file)

    def enclosed(self, reply: Reply, left_out: bool) -> list[Enclosure]:
        """The files of a reply: its own, and the whole as text where its blocks show less."""
        whole = Enclosure("answer.txt", "The whole answer", reply.text.encode())
        return [*reply.files, *([whole] if left_out or reply.cut else [])]

    def give(self, file: Enclosure, channel: str = "", thread: str = "") -> None:
        """Brings a file into the person's own messages, or where `channel` says."""
        id_ = self._slack.upload(file.name, file.content)
        self._slack.share(id_, file.title, channel or self.user, thread)

    def _send(self, line: str, told: list[Block]) -> None:
        refusal: SlackFault | None = None
        for road in (self._respond, self._beside, self._direct):
            try:
                if road(line, told):
                    return
            except SlackRefused as fault:
                if fault.meaning is Meaning.BLOCKS:
                    raise
                refusal = fault
            except SlackFault as fault:
                # An answer that nobody else sees may come twice; one that never comes is worse.
                refusal = fault
            except UserError as fault:
                log.warning("%s", fault)
        if refusal is not None:
            raise refusal

    def _respond(self, line: str, told: list[Block]) -> bool:
        if not self._url or self._uses >= _USES:
            return False
        self._uses += 1
        self._slack.respond(self._url, line, told)
        return True

    def _beside(self, line: str, told: list[Block]) -> bool:
        if not self.channel:
            return False
        self._slack.ephemeral(self.channel, self.user, line, told)
        return True

    def _direct(self, line: str, told: list[Block]) -> bool:
        self._slack.post(self.user, line, told)
        return True


def _elsewhere(reply: Reply, left_out: bool) -> Block:
    what = "This is cut; the whole answer" if left_out or reply.cut else "A file"
    return blocks.context(f":page_facing_up: {what} comes to your own messages with Tieout.")
