"""`tieout demo`: everything on a practice company behind real HTTP servers on this machine."""

from __future__ import annotations

import argparse
import base64
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from bot.deps import Deps
from bot.outside import Outside
from bot.prompt import converse, words_of
from bot.replies import DONE, FAILED, Reply
from bot.words import Parser
from reports import periods
from sync.errors import UserError
from sync.settings import read

SEED = 2026
_ZONE = "America/New_York"
TOUR = (
    ("sync",),
    ("cogs", "last-month", "--by", "product"),
    ("stock", "shelf"),
    ("reconcile", "last-month"),
)
# Without a browser there are no pictures, and the answer says how to add them; the tour is whole all the same.
_PACK = ("report", "weekly", "--output", "weekly")
_FOLDER = "tieout-demo"
_DATABASE = "practice.db"


@dataclass(frozen=True, slots=True)
class Request:
    """`once`: end after the tour, even at a terminal."""

    once: bool = False


def arguments(parser: Parser) -> None:
    parser.add_argument("--once", action="store_true", help="end after the tour instead of showing a prompt")


def parse(args: argparse.Namespace) -> Request:
    return Request(args.once)


def run(request: Request, deps: Deps) -> Reply:
    from sync.sandbox.generate import build
    from sync.sandbox.serve import serve

    folder = _fresh_folder(deps.outside.folder)
    deps.tell("A practice company: made up, and served on this machine as Cin7 Core and QuickBooks Online would be.")
    today = periods.today(deps.outside.now(), _ZONE)
    with serve(build(SEED, today=today, time_zone=_ZONE)) as served:
        inside = _inside(deps.outside, folder, served.environ)
        answers = [(words, _show(deps, words, inside)) for words in (*TOUR, _PACK)]
        if not request.once and not deps.as_json and deps.outside.at_terminal():
            _now_you(deps, inside, folder)
    bad = [words for words, reply in answers if reply.failed or (reply.status != DONE and words != _PACK)]
    documents = [{"command": " ".join(words), "answer": reply.document} for words, reply in answers]
    text = (
        f"\nAll of it is in {folder}: the cache {_DATABASE}, which the next demo replaces, and the files of the report."
    )
    document = {"schema": "tieout/demo/1", "folder": str(folder), "answers": documents}
    return Reply(text, document, FAILED if bad else DONE)


def _now_you(deps: Deps, inside: Outside, folder: Path) -> None:
    """A prompt for the commands as they are typed in Slack, and for those of the command line."""
    from bot.at_prompt import AtPrompt
    from bot.service import Service

    service = Service(read(inside.environ, folder), inside, deps.answer, deps.phrases)
    prompt = AtPrompt(service, folder, deps.tell)

    def answer(line: str) -> str:
        if line.startswith("/"):
            return prompt.answer(line)
        return deps.answer(words_of(line, deps.phrases), inside).text

    deps.tell(
        "\nNow you, as in Slack: /cogs last-week, /recon, /sync status, /stock shelf; each has a help. quit ends it."
    )
    try:
        converse(deps.outside.ask, answer, deps.tell)
    finally:
        service.pictures.close()
        service.engine.dispose()


def _show(deps: Deps, words: Sequence[str], inside: Outside) -> Reply:
    deps.tell(f"\n$ tieout {' '.join(words)}")
    reply = deps.answer(words, inside)
    deps.tell(reply.text)
    return reply


def _fresh_folder(parent: Path) -> Path:
    """The demo's folder, without the cache of an earlier demo; nothing else in it is touched."""
    folder = parent / _FOLDER
    try:
        folder.mkdir(exist_ok=True)
        for suffix in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                (folder / f"{_DATABASE}{suffix}").unlink()
    except OSError as error:
        raise UserError(f"{folder} cannot be used ({error.strerror}); run the demo in a folder you may write") from None
    return folder


def _inside(outside: Outside, folder: Path, addresses: dict[str, str]) -> Outside:
    """The same streams, clock and browser, but only the practice company's addresses and a key made for this demo."""
    key = base64.urlsafe_b64encode(os.urandom(32)).decode()
    own = {"DATABASE_URL": f"sqlite:///{folder / _DATABASE}", "TIEOUT_SECRET_KEY": key}
    browser = {name: value for name, value in outside.environ.items() if name == "BROWSER_PATH"}
    return replace(outside, environ={**addresses, **own, **browser}, folder=folder)
