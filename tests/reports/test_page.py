"""The page: one file, nothing fetched, everything escaped, and from a control down to its documents by hand."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright
from sqlmodel import Session

from reports.chart_texts import slug
from reports.charts import CHARTS
from reports.pack import Pack
from reports.page import html
from sync.store.db import migrate, open_database
from tests.reports.packs import NASTY, filled, january, voice

DESKTOP, PHONE = (1280, 900), (375, 812)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pack]:
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('books')}/books.db")
    migrate(engine)
    with Session(filled(engine)) as session:
        yield january(session)
    engine.dispose()


@pytest.fixture(scope="module")
def page(pack: Pack) -> str:
    return html(pack, voice(pack), CHARTS["weekly"]).decode()


class Parsed(HTMLParser):
    """Scripts, their types, addresses, and the text that a reader sees."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.scripts: list[tuple[str, str]] = []
        self.addresses: list[str] = []
        self.words: list[str] = []
        self._inside = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.addresses += [given[name] for name in ("src", "href") if name in given]
        if tag == "script":
            self.scripts.append((given.get("type", ""), ""))
        self._inside = tag if tag in ("script", "style") else ""

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            kind, text = self.scripts[-1]
            self.scripts[-1] = (kind, text + data)
        elif not self._inside:
            self.words.append(data)


def test_the_page_needs_nothing_but_itself_and_lets_only_its_own_scripts_run(page: str) -> None:
    parsed = Parsed(page)
    assert [kind for kind, _ in parsed.scripts] == ["application/json", "", ""]
    hashes = {b64encode(sha256(text.encode()).digest()).decode() for kind, text in parsed.scripts if not kind}
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    told = policy[1].replace("&#39;", "'")
    assert set(re.findall(r"'sha256-([^']+)'", told)) == hashes
    assert "default-src 'none'" in told
    assert not re.search(r"(?:script|connect|font)-src[^;]*(?:unsafe-inline|http)", told)
    outside = [address for address in parsed.addresses if not address.startswith("#")]
    hosts = ("https://inventory.dearsystems.com/", "https://app.qbo.intuit.com/")
    assert outside
    assert all(address.startswith(hosts) for address in outside)


def test_what_people_wrote_is_text_wherever_it_stands(page: str) -> None:
    parsed = Parsed(page)
    assert len(parsed.scripts) == 3
    assert any(NASTY in text for text in parsed.words)
    figures = json.loads(parsed.scripts[0][1])
    assert figures["locations"]["data"]


def test_every_control_finding_and_document_of_the_tie_out_is_on_the_page(page: str, pack: Pack) -> None:
    local, words = voice(pack), " ".join(Parsed(page).words)
    for control in pack.tied.controls:
        assert f'id="control-{slug(control.name)}"' in page
        for amount in (control.cin7, control.qbo):
            assert local.money(amount) in words
    for found in pack.tied.findings:
        assert f'id="finding-{found.id}"' in page
        for document in found.cin7:
            assert document.reference in words
    for name, value in pack.evidence.hashes.items():
        assert name.replace("_", " ") in words
        assert value in words


def test_every_chart_has_its_numbers_as_words_and_as_a_table(page: str) -> None:
    assert page.count('class="plot"') == page.count("The same numbers as a table") >= len(CHARTS["weekly"])
    assert page.count('role="img"') == page.count("aria-label=") - 1  # the other one is the way round the page


@pytest.fixture(scope="module")
def chromium(browser: str) -> Iterator[Any]:
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def shown(chromium: Any, page: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Page, list[str]]]:
    """The page in a browser that is offline, and what went wrong there."""
    path, wrong = tmp_path / "pack.html", list[str]()
    path.write_text(page, encoding="utf-8")
    width, height = request.param
    context = chromium.new_context(viewport={"width": width, "height": height}, offline=True)
    opened = context.new_page()
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    opened.on("request", lambda sent: wrong.append(sent.url) if sent.url.startswith("http") else None)
    opened.on("dialog", lambda dialog: wrong.append(f"a script of the data ran: {dialog.message}"))
    opened.goto(path.as_uri())
    yield opened, wrong
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("shown", [DESKTOP, PHONE], indirect=True, ids=["desktop", "phone"])
def test_offline_in_a_browser_every_chart_is_drawn_and_the_page_is_no_wider_than_the_screen(
    shown: tuple[Page, list[str]],
) -> None:
    opened, wrong = shown
    charts = opened.locator("section > .plot")
    assert charts.count() >= len(CHARTS["weekly"])
    for n in range(charts.count()):
        charts.nth(n).locator(".main-svg").first.wait_for()
    assert opened.evaluate("document.documentElement.scrollWidth") <= opened.evaluate("window.innerWidth")
    assert wrong == []


@pytest.mark.browser
@pytest.mark.parametrize("shown", [DESKTOP, PHONE], indirect=True, ids=["desktop", "phone"])
def test_a_control_opens_to_its_findings_and_a_finding_to_its_documents(shown: tuple[Page, list[str]]) -> None:
    opened, wrong = shown
    control = opened.locator("details.control[data-control=cogs]")
    control.locator(":scope > summary").click()
    finding = control.locator("details.one").first
    finding.locator("summary").click()
    document = finding.locator("table a, table td", has_text="INV-3").first
    document.wait_for(state="visible")
    assert finding.locator("td.number").first.inner_text() == "$500.00"
    assert wrong == []


@pytest.mark.browser
@pytest.mark.parametrize("shown", [DESKTOP], indirect=True, ids=["desktop"])
def test_a_bar_of_a_bridge_leads_to_the_findings_of_its_cause(shown: tuple[Page, list[str]]) -> None:
    opened, wrong = shown
    chart = opened.locator("#chart-bridge-cogs .plot")
    chart.scroll_into_view_if_needed()
    chart.locator(".main-svg").first.wait_for()
    chart.locator(".trace.bars").nth(1).locator("path").click(force=True)
    finding = opened.locator("details.control[data-control=cogs] details.one[open]").first
    finding.wait_for(state="visible")
    assert finding.get_attribute("data-cause") == "missing_in_qbo"
    assert wrong == []
