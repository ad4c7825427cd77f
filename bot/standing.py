"""How each of the three connections stands, for the page at /connect: no company's name, no figure."""

from __future__ import annotations

from collections.abc import Callable

from bot.deps import Deps
from bot.pages import Line
from bot.slack_setup import of_settings
from sync.errors import AppError, AuthExpired
from sync.settings import lacking

_PATIENCE = 10.0  # seconds; a browser is waiting


def standing(deps: Deps) -> list[Line]:
    """Cin7, QuickBooks and Slack, each asked now."""
    connection = deps.connection(patience=_PATIENCE)
    return [
        _system(deps, "Cin7 Core", "cin7", connection.cin7_name, "The keys work.", "Run: tieout connect"),
        _system(deps, "QuickBooks", "qbo", connection.qbo_name, "The company can be read.", "Use the button below."),
        _slack(deps),
    ]


def _system(deps: Deps, name: str, need: str, ask: Callable[[], str], good: str, mend: str) -> Line:
    if missing := lacking(deps.settings, need):
        return Line(name, "open", f"Not set: {', '.join(missing)}. Run: tieout connect")
    try:
        ask()
    except AuthExpired:
        return Line(name, "wrong", f"{name} does not let Tieout in. {mend}")
    except AppError as fault:
        return Line(name, "wrong", str(fault))
    return Line(name, "good", good)


def _slack(deps: Deps) -> Line:
    if not deps.settings.slack.bot_token:
        return Line("Slack", "open", "Not set: SLACK_BOT_TOKEN. Run: tieout connect")
    try:
        _, look = of_settings(deps.settings)
        found = look(deps.settings)
    except AppError as fault:
        return Line("Slack", "wrong", str(fault))
    if found.good:
        return Line("Slack", "good", "The token has every right that the manifest asks for; its channels are joined.")
    wrong = [f"{scope} is missing" for scope in sorted(found.missing)] + ([found.socket] if found.socket else [])
    wrong += [f"{place.key}: {place.fault}" for place in found.places if place.fault]
    return Line("Slack", "wrong", f"{'; '.join(wrong)}.")
