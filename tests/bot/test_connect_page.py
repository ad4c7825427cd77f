"""The web pages of a first set-up, driven in a browser against the practice company's consent screen."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, sync_playwright

from bot.manifest import SCOPES
from sync.sandbox.books import Cin7Books, QboBooks, World
from sync.sandbox.faults import Faults
from sync.sandbox.serve import Served as Vendors
from sync.sandbox.serve import serve as serve_vendors
from sync.sandbox.switches import Switches
from tests.bot.fake_slack import FakeSlack
from tests.bot.fake_slack_http import serve as serve_slack
from tests.bot.served import Served, serving, settings

ME = {"Company": "Hand Made Ltd", "Currency": "USD", "TimeZone": "America/New_York"}
SHOTS = os.environ.get("TIEOUT_SHOTS", "")  # a folder: pictures of our pages are kept there, for docs/


@pytest.fixture(scope="module")
def vendors() -> Iterator[Vendors]:
    qbo = QboBooks(
        company_info={"CompanyName": "Hand Made Inc", "DefaultTimeZone": "America/New_York"},
        preferences={"CurrencyPrefs": {}},
    )
    world = World(1, Switches(), date(2026, 1, 31), Cin7Books(me=ME), qbo)
    with serve_vendors(world, limits=False, faults=Faults(consent="asked")) as started:
        yield started


@pytest.fixture(scope="module")
def slack() -> Iterator[FakeSlack]:
    made = FakeSlack(scopes=",".join(SCOPES))
    made.channels = {"C0ALERTS": {"name": "finance-alerts", "is_member": True}}
    with serve_slack(made):
        yield made


@pytest.fixture(scope="module")
def tieout(vendors: Vendors, slack: FakeSlack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The served program, with QuickBooks not connected yet."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "tieout.toml").write_text('[sync]\nevery = "manual"\n[slack]\nalerts = "C0ALERTS"\n')
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    given = {name: value for name, value in vendors.environ.items() if name != "QBO_REFRESH_TOKEN"}
    environ = settings(folder, slack.api_url, given, PORT=port)
    environ["QBO_REDIRECT_URI"] = f"http://127.0.0.1:{port}/qbo/callback"
    with serving(folder, environ) as served:
        yield served


@pytest.fixture(scope="module")
def chromium(browser: str) -> Iterator[Any]:
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def page(chromium: Any) -> Iterator[Page]:
    """A page whose faults are the test's: scripts and styles that the page's own policy forbids would be told here."""
    context = chromium.new_context(viewport={"width": 820, "height": 640})
    opened, faults = context.new_page(), list[str]()
    opened.on("pageerror", lambda fault: faults.append(str(fault)))
    opened.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
    yield opened
    context.close()
    assert faults == []


def kept(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png")


@pytest.mark.browser
def test_a_person_connects_quickbooks_from_the_page_and_sees_it_connected(page: Page, tieout: Served) -> None:
    page.goto(f"{tieout.address}/connect")
    assert page.locator("h1").inner_text() == "Connect Tieout"
    assert page.locator("li", has_text="QuickBooks").locator("span").inner_text() == "not connected"
    kept(page, "connect")
    page.get_by_role("link", name="Connect QuickBooks Online").click()
    assert "Practice sign-in" in page.title()
    kept(page, "consent")
    page.locator("#connect").click()
    assert page.locator("h1").inner_text() == "QuickBooks is connected"
    kept(page, "connected")
    page.get_by_role("link", name="See how everything stands").click()
    states = page.locator("li span").all_inner_texts()
    assert states == ["connected", "connected", "connected"]
    kept(page, "all-connected")
    assert "Hand Made" not in page.content()


@pytest.mark.browser
def test_whoever_says_no_at_intuit_is_told_what_that_means(page: Page, tieout: Served) -> None:
    page.goto(f"{tieout.address}/qbo/connect")
    page.locator("#cancel").click()
    assert page.locator("h1").inner_text() == "QuickBooks is not connected"
    assert "was not allowed" in page.locator("main").inner_text()
    kept(page, "refused")


@pytest.mark.browser
def test_a_redirect_with_another_state_is_refused_in_words(page: Page, tieout: Served) -> None:
    page.goto(f"{tieout.address}/qbo/connect")
    link = str(page.locator("#connect").get_attribute("href"))
    page.goto(httpx.URL(page.url).join(link.replace("state=", "state=stolen")).__str__())
    assert "was not made here" in page.locator("main").inner_text()
    kept(page, "tampered")


@pytest.mark.browser
def test_a_redirect_that_was_used_already_is_refused(page: Page, tieout: Served) -> None:
    page.goto(f"{tieout.address}/qbo/connect")
    page.locator("#connect").click()
    used = page.url
    page.goto(used)
    assert "was used already" in page.locator("main").inner_text()


def test_the_page_asks_the_vendors_once_a_minute_at_most(tieout: Served, vendors: Vendors) -> None:
    tieout.get("/connect")
    before = len(vendors.calls)
    assert {tieout.get("/connect").status_code for _ in range(5)} == {200}
    assert len(vendors.calls) == before
