"""What a command answers, and how an error is put into words."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from sync.domain.letters import Blocks, Enclosure
from sync.errors import AppError, NotThere, SettingsError, UserError

log = logging.getLogger("tieout.bot")

DONE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: `text` for people, `document` for machines, and the exit status of the command line.

    Status 0 is done, whatever the books say; 1 a failed run or a figure that cannot be given; 2 wrong
    usage or settings. `failed` replies are an error's: their text belongs on stderr.

    For Slack: `blocks` show it (none: the text does), `line` says the most important of it in one sentence, `again` is
    the command that asks the same tomorrow ("" where it is nothing to share), `cut` says that the blocks show less than
    the text, `files` come with it.
    """

    text: str
    document: Mapping[str, object] = field(default_factory=dict)
    status: int = DONE
    failed: bool = False
    line: str = ""
    blocks: Blocks = ()
    again: str = ""
    cut: bool = False
    files: tuple[Enclosure, ...] = ()


def error_reply(error: BaseException) -> Reply:
    """The one road from an exception to a person.

    An AppError says its own sentence. Anything else is our fault: the log gets the traceback under a
    short reference, and the person reads only the reference.
    """
    if isinstance(error, KeyboardInterrupt):
        return _failed("Interrupted", "Stopped.", INTERRUPTED)
    if isinstance(error, AppError):
        usage = isinstance(error, UserError) and not isinstance(error, NotThere)
        status = WRONG_USAGE if usage else FAILED
        faults = {"faults": error.faults} if isinstance(error, SettingsError) else {}
        return _failed(type(error).__name__, str(error), status, **faults)
    reference = secrets.token_hex(2)
    log.error("failed on our side, ref %s", reference, exc_info=error)
    return _failed("Failure", f"That failed on our side, ref {reference}. The log says more.", FAILED, ref=reference)


def _failed(error: str, message: str, status: int, **more: object) -> Reply:
    document = {"schema": "tieout/error/1", "error": error, "message": message, **more}
    return Reply(message, document, status, failed=True)
