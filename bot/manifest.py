"""The Slack app's manifest, made from the tables of the code: commands, events, and each scope with its reason.

`python -m bot.manifest` prints the form for Socket Mode, `python -m bot.manifest https://HOST` the one for signed HTTP;
Slack takes the JSON under "Create an app, from a manifest".
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from bot.app import EVENTS
from bot.slash import SLASHES

PATH = "/slack/events"
# Each scope of the bot's token, and the calls that need it: what is not called is not asked for.
SCOPES: Mapping[str, str] = {
    "channels:history": "finds our own message after an unclear answer, by its metadata (conversations.history)",
    "channels:join": "joins the public channels of tieout.toml at set-up (conversations.join)",
    "channels:read": "whether a channel is shared with other organisations (conversations.info)",
    "chat:write": "posts and updates our messages (chat.postMessage, chat.update, chat.postEphemeral)",
    "commands": "the slash commands",
    "files:read": "whether a picture is ready before a message shows it (files.info)",
    "files:write": "pictures, workbooks and long answers (files.getUploadURLExternal)",
    "groups:history": "channels:history, for private channels that the app was invited to",
    "groups:read": "channels:read, for private channels that the app was invited to",
    "im:history": "channels:history, for results that were sent to a person directly",
    "im:write": "answers and files to one person (conversations.open)",
    "usergroups:read": "roles that tieout.toml gives to user groups (usergroups.users.list)",
    "users:read": "whether somebody is a guest or an administrator (users.info)",
}


def manifest(address: str = "") -> dict[str, Any]:
    """The manifest; `address` is where Slack reaches us (https://HOST), "" is Socket Mode."""
    url = f"{address.rstrip('/')}{PATH}" if address else ""
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Tieout",
            "description": "Whether Cin7 Core and QuickBooks Online agree, to the cent",
            "long_description": (
                "Tieout reads Cin7 Core and QuickBooks Online, ties one to the other, and names the documents that "
                "make the difference. It answers questions about stock, sales, cost and margin, starts syncs, and "
                "tells when something needs somebody. It only reads: nothing is ever written to the books."
            ),
            "background_color": "#1f3a4d",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Tieout", "always_online": True},
            "slash_commands": [
                {
                    "command": slash.name,
                    **({"url": url} if url else {}),
                    "description": slash.summary,
                    "usage_hint": slash.hint,
                    "should_escape": False,
                }
                for slash in SLASHES
            ],
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            "event_subscriptions": {**({"request_url": url} if url else {}), "bot_events": sorted(EVENTS)},
            "interactivity": {"is_enabled": True, **({"request_url": url} if url else {})},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not url,
            "token_rotation_enabled": False,
        },
    }


def main(words: list[str]) -> int:
    """Prints the manifest for the address in `words`, or for Socket Mode; 2 for an address that Slack would refuse."""
    address = words[0] if words else ""
    if address and (urlsplit(address).scheme != "https" or not urlsplit(address).hostname):
        print("Slack calls https addresses only, like https://tieout.example.com", file=sys.stderr)  # noqa: T201
        return 2
    print(json.dumps(manifest(address), indent=2))  # noqa: T201  the product of this command
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
