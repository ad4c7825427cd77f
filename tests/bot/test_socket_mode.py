"""`tieout serve` by Socket Mode: requests come over a connection that Tieout opens, and opens anew."""

from __future__ import annotations

import json
from pathlib import Path

from sync.sandbox.serve import serve
from tests.bot.fake_slack import running
from tests.bot.fake_socket import listening
from tests.bot.offices import small_company
from tests.bot.served import PROMPTLY, serving, settings, until

ANN = "U0ANN1"


def test_commands_and_events_come_by_the_connection_and_again_after_it_was_replaced(tmp_path: Path) -> None:
    with running() as slack, listening(slack) as socket, serve(small_company(), limits=False) as company:
        slack.user(ANN, is_admin=True)
        (tmp_path / "tieout.toml").write_text('[sync]\nevery = "manual"\n')
        environ = settings(tmp_path, slack.api_url, company.environ, SLACK_APP_TOKEN="xapp-of-the-tests")
        del environ["SLACK_SIGNING_SECRET"]  # Socket Mode needs none
        with serving(tmp_path, environ) as served:
            assert "by Socket Mode" in served.log
            first = socket.connection()
            ack = socket.send(first, "slash_commands", "e1", socket.command("/sync", "", ANN, "C0ALERTS"))
            assert ack["envelope_id"] == "e1"
            until(lambda: slack.texts("C0ALERTS"))
            assert served.get("/healthz").status_code == 200
            assert served.get("/slack/events").status_code == 404  # nobody could sign there

            first.send(json.dumps({"type": "disconnect", "reason": "refresh_requested"}))
            second = socket.connection()
            event = {"type": "app_home_opened", "user": ANN, "tab": "home"}
            opened = {"type": "event_callback", "event_id": "Ev1", "team_id": slack.team, "event": event}
            assert socket.send(second, "events_api", "e2", opened)["envelope_id"] == "e2"
            until(lambda: ANN in slack.homes)
            assert socket.send(second, "events_api", "e3", opened)["envelope_id"] == "e3"  # told again
            until(lambda: "succeeded" in str(slack.shown("C0ALERTS")[-1]["metadata"]))
            assert served.end() < PROMPTLY
            assert "xapp-of-the-tests" not in served.log
        assert slack.count("views.publish") == 1
        assert slack.count("apps.connections.open") == 2
