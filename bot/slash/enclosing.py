"""`chart` and `workbook` behind a command: the same report's pictures or its workbook, as files of the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot import blocks, packs
from bot.asking import ask_button, shared
from bot.deps import Deps
from bot.replies import Reply
from sync.domain.letters import Enclosure

CHART, WORKBOOK = "chart", "workbook"
_KINDS = {CHART: "png", WORKBOOK: "xlsx"}


def split(words: Sequence[str]) -> tuple[list[str], str]:
    """The words without `chart` and `workbook`, and the first of them that stood there ("" for neither)."""
    wanted = [word.lower() for word in words if word.lower() in _KINDS]
    return [word for word in words if word.lower() not in _KINDS], wanted[0] if wanted else ""


def with_files(reply: Reply, deps: Deps, report: str, period: str, wanted: str) -> Reply:
    """The reply with the pictures or the workbook of `report` for the words `period`.

    What a picture says stands in words beside it; what could not be made is told, and does not take the figures away.
    """
    found = packs.files(deps, report, packs.made(deps, period), (_KINDS[wanted],))
    files = tuple(Enclosure(each.name, blocks.cut(each.title, 200), each.content) for each in found.files)
    told = [dict(block) for block in reply.blocks if block["type"] != "actions"]
    told += [blocks.said(each.alt or each.title) for each in found.files if each.kind == "png"]
    told += [blocks.said(f"{found.failure}.")] if found.failure else []
    again = f"{reply.again} {wanted}"
    return replace(reply, blocks=[*told, *shared(again)], again=again, files=files, cut=False)


def file_buttons(command: str) -> list[blocks.Block]:
    """Buttons for both, behind a command."""
    return [ask_button("Workbook", f"{command} {WORKBOOK}"), ask_button("Chart", f"{command} {CHART}")]
