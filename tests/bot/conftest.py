"""What tests of the conversation share: the practice company's cache, a small Slack with people in it, and the app."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.commands.demo import SEED
from bot.replies import DONE
from sync.sandbox.generate import build
from sync.sandbox.serve import serve
from tests.bot.fake_slack import FakeSlack, running
from tests.bot.front import Front, Talk
from tests.bot.outsides import Desk
from tests.bot.practice import MORNING


@pytest.fixture(scope="session")
def practised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's practice company after its first sync, on 22 November 2026."""
    path = tmp_path_factory.mktemp("practised") / "practice.db"
    today = datetime.fromtimestamp(MORNING, UTC).date()
    with serve(build(SEED, today=today, time_zone="America/New_York"), limits=False) as served:
        own = {"DATABASE_URL": f"sqlite:///{path}", "TIEOUT_SECRET_KEY": Fernet.generate_key().decode()}
        assert Desk(path.parent, served.environ | own, began=MORNING).run("sync") == DONE
    return path


@pytest.fixture
def world() -> Iterator[FakeSlack]:
    """A workspace: Ann is a member, Otto an operator, the boss a controller; a guest, a stranger, shared channels."""
    with running() as slack:
        slack.user("U0ANN", profile={"display_name": "Ann"})
        slack.user("U0OTTO", profile={"display_name": "Otto"})
        slack.user("U0BOSS", profile={"display_name": "Bea"})
        slack.user("U0ADMIN", is_admin=True)
        slack.user("U0GUEST", is_restricted=True)
        slack.user("U0LONE", is_ultra_restricted=True)
        slack.user("U0THEM", team_id="T0OTHER")
        slack.user("U0STRANGE", is_stranger=True)
        slack.user("U0BOT2", is_bot=True)
        slack.user("U0LEFT", deleted=True)
        slack.groups["S0OPS"] = ["U0OTTO"]
        slack.channel("C0SHARED", is_ext_shared=True)
        slack.channel("C0ELSE", is_member=False)
        yield slack


@pytest.fixture
def front(world: FakeSlack, practised: Path, tmp_path: Path) -> Iterator[Front]:
    """The desk over a copy of the practice company's cache."""
    shutil.copy(practised, tmp_path / "cache.db")
    made = Front(world, tmp_path, {"DATABASE_URL": f"sqlite:///{tmp_path}/cache.db"})
    yield made
    made.close()


@pytest.fixture
def talk(front: Front) -> Talk:
    """Signed requests into the app over that desk."""
    return Talk(front)
