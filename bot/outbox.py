"""The outbox at work: letters leave one by one, at Slack's pace; none is lost, and none is seen twice."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Iterable

from bot.enclosures import send_file, with_files
from bot.outbox_ports import TO_LOOK, TO_UPDATE, Allowance, Box, Pace, to_post
from bot.slack import Slack
from bot.slack_faults import SHUT, Meaning, SlackBusy, SlackFault, SlackRefused, SlackUnreachable, SlackUnsure
from sync.domain.letters import Blocks, Letter, Parcel
from sync.errors import AppError

log = logging.getLogger("tieout.outbox")

LEASE = 30.0  # seconds for which a process that died holds a letter up
SETTLE = 30.0  # a post that is not in the channel so long after it left will not come any more
_FIRST_LOOK = 2.0  # an answer that was lost is mostly that of a post which was made: look soon
_CLOCKS = 300.0  # how far Slack's clock, which dates the messages, may be from ours
_SHORT_WAIT = 2.0  # a pause that is sat through instead of giving the letter back
_PICTURE_TRIES = 4
OUTSIDERS = "People of other organisations read that conversation, so figures are not shown there"
_IDLE = 1.0  # how often the letters of other processes are looked for


class Outbox:
    """Sends letters; any number of these, in any number of processes, may share one box."""

    def __init__(
        self,
        box: Box,
        slack: Slack,
        pace: Pace,
        clock: Callable[[], float],
        settle: float = SETTLE,
        sits: float = _SHORT_WAIT,
    ) -> None:
        """`sits` is the longest pause that is sat through instead of giving the letter back."""
        self._box = box
        self._slack = slack
        self._pace = pace
        self._clock = clock
        self._settle = settle
        self._sits = sits
        self._me = secrets.token_hex(6)
        self._woken = threading.Event()
        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []

    def put(self, letter: Letter, debounce: float = 0.0) -> None:
        """Keeps a letter and returns; it will be shown even if this process dies now."""
        self._box.put(letter, self._clock(), debounce)
        self.wake()

    def wake(self) -> None:
        """Says that there may be something to send."""
        self._woken.set()

    def start(self, threads: int = 2) -> None:
        """Sends in the background until `stop`."""
        for number in range(threads):
            thread = threading.Thread(target=self._run, args=(f"{self._me}-{number}",), name=f"outbox-{number}")
            thread.daemon = True
            thread.start()
            self._threads.append(thread)

    def stop(self, patience: float = 5.0) -> None:
        """Ends after the letter that is under way; what is left waits for the next process."""
        self._ended.set()
        self.wake()
        for thread in self._threads:
            thread.join(patience)

    def alive(self) -> bool:
        """True while every sender runs."""
        return bool(self._threads) and all(thread.is_alive() for thread in self._threads)

    def _run(self, who: str) -> None:
        while not self._ended.is_set():
            try:
                busy = self.step(who)
            except AppError as fault:
                log.warning("the outbox waits: %s", fault)
                busy = False
            except Exception:
                log.exception("the outbox failed on our side")
                busy = False
            if not busy:
                self._woken.wait(_IDLE)
                self._woken.clear()

    def step(self, who: str = "") -> bool:
        """Works on one letter that is due; False where none is. What happens to it is kept, never raised."""
        me = who or self._me
        parcel = self._box.claim(me, self._clock(), LEASE)
        if parcel is None:
            return False
        try:
            self._work(parcel)
        except SlackFault as fault:
            self._fault(parcel, fault)
        return True

    def _work(self, parcel: Parcel) -> None:
        letter = parcel.letter
        if letter.inside and self._slack.outsiders(letter.channel):
            self._box.end(parcel, "failed", OUTSIDERS)
        elif letter.channel == letter.instead and not letter.over:
            self._box.park(parcel)
        elif not parcel.ts:
            self._post(parcel)
        elif parcel.recheck:
            self._recheck(parcel)
        elif parcel.sent < parcel.version and not (parcel.sent == 0 and parcel.files_left):
            self._update(parcel)
        elif parcel.files_left:
            wait = send_file(self._box, self._slack, parcel)
            self._box.release(parcel, self._clock() + wait)
        else:
            self._box.shown(parcel, parcel.ts, parcel.sent, self._clock())

    def _post(self, parcel: Parcel) -> None:
        if parcel.unsure and self._settled(parcel):
            return
        if not self._turn(parcel, to_post(parcel.letter.channel)):
            return
        if not self._box.trying(parcel, self._clock(), LEASE):
            return
        letter = parcel.letter
        ts = self._slack.post(
            letter.channel,
            letter.text,
            _blocks(parcel),
            event=letter.event,
            payload=letter.payload,
            thread=parcel.thread,
            broadcast=letter.broadcast,
        )
        # A second try may meet the first one late: then the channel is looked at once more.
        again = self._clock() + self._settle if parcel.unsure else 0.0
        if not self._box.shown(parcel, ts, parcel.version, self._clock(), again):
            self._take_back(parcel, ts)

    def _settled(self, parcel: Parcel) -> bool:
        """Looks whether an earlier try arrived; True where there is nothing to post now."""
        if not self._turn(parcel, TO_LOOK):
            return True
        found = self._copies(parcel, parcel.attempted_at)
        if found:
            self._delete(parcel, found[1:])
            self._box.shown(parcel, found[0], parcel.tried, self._clock())
            return True
        wait = parcel.attempted_at + self._settle - self._clock()
        if wait > 0:
            self._box.later(parcel, self._clock() + wait, "it is not known yet whether the message arrived")
            return True
        return False

    def _copies(self, parcel: Parcel, since: float) -> list[str]:
        letter = parcel.letter
        fields = {name: letter.payload[name] for name in letter.identity}
        found = self._slack.find(letter.channel, letter.event, fields, max(0.0, since - _CLOCKS), parcel.thread)
        others = self._box.known(letter.channel) - {parcel.ts}
        return [ts for ts in found if ts not in others]

    def _recheck(self, parcel: Parcel) -> None:
        self._delete(parcel, [ts for ts in self._copies(parcel, parcel.attempted_at) if ts != parcel.ts])
        self._box.rechecked(parcel)

    def _take_back(self, parcel: Parcel, ts: str) -> None:
        """Another process took the letter over while our post was under way: of two messages ours goes."""
        other = self._box.message(parcel.key)
        if other is not None and other[1] not in ("", ts):
            self._delete(parcel, [ts])

    def _delete(self, parcel: Parcel, extra: Iterable[str]) -> None:
        for ts in extra:
            try:
                self._slack.delete(parcel.letter.channel, ts)
            except SlackRefused as fault:  # somebody has deleted it already, or nobody may: the letter itself is well
                log.warning("a second copy of letter %s stays: %s", parcel.key, fault)

    def _update(self, parcel: Parcel) -> None:
        if not self._turn(parcel, TO_UPDATE):
            return
        letter = parcel.letter
        self._slack.update(
            letter.channel, parcel.ts, letter.text, _blocks(parcel), event=letter.event, payload=letter.payload
        )
        self._box.shown(parcel, parcel.ts, parcel.version, self._clock())

    def _turn(self, parcel: Parcel, allowance: Allowance) -> bool:
        """True once the call may be made; where that takes long, the letter is given back until then."""
        for _ in range(3):
            wait = self._pace.claim([allowance], self._clock())
            if wait <= 0:
                return True
            if wait > self._sits or self._ended.wait(wait):
                break
        self._box.release(parcel, self._clock() + wait)
        return False

    def _fault(self, parcel: Parcel, fault: SlackFault) -> None:
        """Keeps what a failed call means for the letter."""
        now, posting, said = self._clock(), not parcel.ts, str(fault)
        if isinstance(fault, SlackBusy):
            self._pace.pause((to_post(parcel.letter.channel) if posting else TO_UPDATE).bucket, now + fault.wait)
            # Nothing was done by the refused call; but where it was the look, what it was to settle is still open.
            self._box.later(parcel, now + fault.wait, said, unsure=parcel.unsure)
        elif isinstance(fault, SlackUnsure):
            soon = _FIRST_LOOK if posting else _backoff(parcel.tries, 60.0)
            self._box.later(parcel, now + soon, said, unsure=True if posting else None)
        elif isinstance(fault, SlackUnreachable):
            self._box.later(parcel, now + _backoff(parcel.tries, 60.0), said, unsure=parcel.unsure)
        elif isinstance(fault, SlackRefused):
            self._refused(parcel, fault, now)
        log.warning("letter %s: %s", parcel.key, said)

    def _refused(self, parcel: Parcel, fault: SlackRefused, now: float) -> None:
        if fault.meaning is Meaning.GONE and parcel.ts and parcel.letter.repost:
            self._box.post_anew(parcel)
        elif fault.meaning is Meaning.GONE:
            self._box.end(parcel, "dropped", str(fault))
        elif fault.meaning is Meaning.BLOCKS and not parcel.plain:
            # A picture that Slack has not looked at yet is refused like a wrong block: it gets some seconds.
            patient = bool(parcel.slack_files) and parcel.tries < _PICTURE_TRIES
            wait = _backoff(parcel.tries, 8.0) if patient else 0.0
            self._box.later(parcel, now + wait, str(fault), unsure=parcel.unsure, plain=not patient)
        elif fault.code in SHUT and parcel.letter.instead not in ("", parcel.letter.channel) and not parcel.ts:
            self._box.readdress(parcel, parcel.letter.instead)
        elif fault.meaning is Meaning.MEND:
            wait = 15.0 * _backoff(parcel.tries + 1, 40.0)
            self._box.later(parcel, now + wait, str(fault), unsure=parcel.unsure)
        else:
            self._box.end(parcel, "failed", str(fault))


def _backoff(tries: int, most: float) -> float:
    return float(min(2.0 ** min(tries, 10), most))


def _blocks(parcel: Parcel) -> Blocks:
    """What is tried now: with pictures as long as Slack may still be looking at them, then without, then none."""
    pictures = parcel.slack_files if parcel.tries < _PICTURE_TRIES else {}
    return () if parcel.plain else with_files(parcel.letter.blocks, pictures)
