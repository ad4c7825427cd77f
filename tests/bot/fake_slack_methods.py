"""The Web API methods of the small Slack: each takes the workspace and the arguments, and gives Slack's answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.bot.fake_slack import Answer, Args, FakeSlack


def answer(slack: FakeSlack, method: str, args: Args) -> Answer:
    """What the workspace answers to one call."""
    work = METHODS.get(method)
    if work is None:
        return _no("unknown_method")
    with slack.lock:
        return work(slack, args)


def _no(code: str) -> Answer:
    return {"ok": False, "error": code}


def _closed(slack: FakeSlack, channel: str) -> str:
    """Why nothing can be posted in a channel, "" where it can."""
    facts = slack.channels.get(channel)
    if facts is None:
        return "channel_not_found"
    if facts.get("is_archived"):
        return "is_archived"
    return "" if facts.get("is_member") else "not_in_channel"


def _blocks(args: Args) -> list[Answer]:
    given = args.get("blocks") or []
    found = json.loads(given) if isinstance(given, str) else given
    assert isinstance(found, list)
    return found


def _bad_blocks(slack: FakeSlack, blocks: list[Answer]) -> bool:
    """Slack's limits that a test of the outbox can meet, and pictures that are not processed yet."""
    texts = [block["text"]["text"] for block in blocks if isinstance(block.get("text"), dict)]
    pictures = [block["slack_file"]["id"] for block in blocks if "slack_file" in block]
    unready = [id_ for id_ in pictures if not slack.files.get(id_, {}).get("filetype")]
    return len(blocks) > 50 or any(not 1 <= len(text) <= 3000 for text in texts) or bool(unready)


def _post(slack: FakeSlack, args: Args) -> Answer:
    channel = str(args["channel"])
    if why := _closed(slack, channel):
        return _no(why)
    blocks, thread = _blocks(args), str(args.get("thread_ts") or "")
    if _bad_blocks(slack, blocks):
        return _no("invalid_blocks")
    if thread and not any(message["ts"] == thread for message in slack.messages[channel]):
        return _no("thread_not_found")
    ts = f"{int(slack.clock())}.{next(slack.numbers):06d}"
    message = {"type": "message", "ts": ts, "text": args.get("text", ""), "blocks": blocks, "user": slack.bot}
    message["metadata"] = _json(args.get("metadata"))
    message |= {"thread_ts": thread, "broadcast": bool(args.get("reply_broadcast"))} if thread else {}
    slack.messages[channel].append(message)
    return {"ok": True, "channel": channel, "ts": ts, "message": message}


def _json(given: Any) -> Answer:
    found = json.loads(given) if isinstance(given, str) and given else given or {}
    assert isinstance(found, dict)
    return found


def _update(slack: FakeSlack, args: Args) -> Answer:
    channel, ts = str(args["channel"]), str(args["ts"])
    if why := _closed(slack, channel):
        return _no(why)
    found = next((message for message in slack.messages[channel] if message["ts"] == ts), None)
    if found is None:
        return _no("message_not_found")
    blocks = _blocks(args)
    if _bad_blocks(slack, blocks):
        return _no("invalid_blocks")
    found |= {"text": args.get("text", ""), "blocks": blocks}
    found |= {"metadata": _json(args["metadata"])} if args.get("metadata") else {}
    return {"ok": True, "channel": channel, "ts": ts, "text": found["text"]}


def _delete(slack: FakeSlack, args: Args) -> Answer:
    channel, ts = str(args["channel"]), str(args["ts"])
    kept = [message for message in slack.messages[channel] if message["ts"] != ts]
    if len(kept) == len(slack.messages[channel]):
        return _no("message_not_found")
    slack.messages[channel] = kept
    return {"ok": True, "channel": channel, "ts": ts}


def _ephemeral(slack: FakeSlack, args: Args) -> Answer:
    if why := _closed(slack, str(args["channel"])):
        return _no(why)
    slack.ephemeral.append({**args, "blocks": _blocks(args)})
    return {"ok": True, "message_ts": f"{int(slack.clock())}.{next(slack.numbers):06d}"}


def _pages(slack: FakeSlack, args: Args, *, thread: str) -> Answer:
    channel = str(args["channel"])
    if channel not in slack.channels:
        return _no("channel_not_found")
    oldest, limit, start = float(args.get("oldest") or 0), int(args.get("limit") or 100), int(args.get("cursor") or 0)
    wanted = [
        message
        for message in slack.shown(channel)[::-1]
        if float(message["ts"]) > oldest
        and (thread in (message["ts"], message.get("thread_ts")) if thread else _top(message))
    ]
    page = wanted[start : start + limit]
    if str(args.get("include_all_metadata")).lower() not in ("1", "true"):
        page = [{name: value for name, value in message.items() if name != "metadata"} for message in page]
    more = str(start + limit) if start + limit < len(wanted) else ""
    return {"ok": True, "messages": page, "has_more": bool(more), "response_metadata": {"next_cursor": more}}


def _top(message: Answer) -> bool:
    return not message.get("thread_ts") or message.get("broadcast", False)


def _history(slack: FakeSlack, args: Args) -> Answer:
    return _pages(slack, args, thread="")


def _replies(slack: FakeSlack, args: Args) -> Answer:
    return _pages(slack, args, thread=str(args["ts"]))


def _open(slack: FakeSlack, args: Args) -> Answer:
    user = str(args["users"])
    if user not in slack.users:
        return _no("user_not_found")
    room = slack.channel(f"D{user[1:]}", is_im=True, is_channel=False)
    return {"ok": True, "channel": {"id": room}}


def _info(table: str, name: str, missing: str, key: str) -> Callable[[FakeSlack, Args], Answer]:
    def work(slack: FakeSlack, args: Args) -> Answer:
        found = getattr(slack, table).get(str(args[key]))
        return {"ok": True, name: found} if found else _no(missing)

    return work


def _group(slack: FakeSlack, args: Args) -> Answer:
    members = slack.groups.get(str(args["usergroup"]))
    return _no("no_such_subteam") if members is None else {"ok": True, "users": members}


def _upload_url(slack: FakeSlack, args: Args) -> Answer:
    id_ = f"F{next(slack.numbers):04d}"
    slack.files[id_] = {"id": id_, "name": args["filename"], "length": int(args["length"]), "shares": {}, "polls": 0}
    return {"ok": True, "file_id": id_, "upload_url": slack.api_url.replace("/api/", f"/upload/{id_}")}


def _complete(slack: FakeSlack, args: Args) -> Answer:
    given = args["files"]
    channel, thread = str(args.get("channel_id") or ""), str(args.get("thread_ts") or "")
    if why := _closed(slack, channel):
        return _no(why)
    for file in json.loads(given) if isinstance(given, str) else given:
        facts = slack.files[file["id"]]
        if "content" not in facts:
            return _no("file_not_found")
        facts |= {"title": file.get("title", ""), "filetype": "" if slack.polls_until_processed else "png"}
        facts["shares"].setdefault("public", {}).setdefault(channel, []).append({"thread_ts": thread})
    return {"ok": True, "files": [{"id": file["id"]} for file in slack.files.values()]}


def _file_info(slack: FakeSlack, args: Args) -> Answer:
    facts = slack.files.get(str(args["file"]))
    if facts is None:
        return _no("file_not_found")
    facts["polls"] += 1
    if facts["polls"] > slack.polls_until_processed and facts["shares"]:
        facts["filetype"] = "png"
    return {"ok": True, "file": {name: value for name, value in facts.items() if name != "content"}}


def _view_open(slack: FakeSlack, args: Args) -> Answer:
    id_ = f"V{next(slack.numbers):04d}"
    slack.views[id_] = _json(args["view"])
    return {"ok": True, "view": {"id": id_}}


def _view_update(slack: FakeSlack, args: Args) -> Answer:
    slack.views[str(args["view_id"])] = _json(args["view"])
    return {"ok": True, "view": {"id": args["view_id"]}}


def _publish(slack: FakeSlack, args: Args) -> Answer:
    slack.homes[str(args["user_id"])] = _json(args["view"])
    return {"ok": True}


def _who(slack: FakeSlack, args: Args) -> Answer:
    grid = {"enterprise_id": slack.organisation} if slack.organisation else {}
    return {"ok": True, "user_id": slack.bot, "bot_id": "B0BOT", "team_id": slack.team, "user": "tieout", **grid}


def _list(slack: FakeSlack, args: Args) -> Answer:
    """Two channels a page, so that whoever lists them must follow the cursor."""
    rows = [{"id": id_, **facts} for id_, facts in sorted(slack.channels.items()) if not facts.get("is_archived")]
    start = int(args.get("cursor") or 0)
    following = str(start + 2) if start + 2 < len(rows) else ""
    return {"ok": True, "channels": rows[start : start + 2], "response_metadata": {"next_cursor": following}}


def _join(slack: FakeSlack, args: Args) -> Answer:
    facts = slack.channels.get(str(args["channel"]))
    if facts is None:
        return _no("channel_not_found")
    if facts.get("is_private"):
        return _no("method_not_supported_for_channel_type")
    if "channels:join" not in slack.scopes:
        return _no("missing_scope")
    facts["is_member"] = True
    return {"ok": True, "channel": facts}


def _socket(slack: FakeSlack, args: Args) -> Answer:
    return {"ok": True, "url": slack.socket_url or "wss://127.0.0.1/link"}


METHODS: Mapping[str, Callable[[FakeSlack, Args], Answer]] = {
    "auth.test": _who,
    "chat.postMessage": _post,
    "chat.update": _update,
    "chat.delete": _delete,
    "chat.postEphemeral": _ephemeral,
    "conversations.history": _history,
    "conversations.replies": _replies,
    "conversations.open": _open,
    "conversations.list": _list,
    "conversations.join": _join,
    "apps.connections.open": _socket,
    "conversations.info": _info("channels", "channel", "channel_not_found", "channel"),
    "users.info": _info("users", "user", "user_not_found", "user"),
    "usergroups.users.list": _group,
    "files.getUploadURLExternal": _upload_url,
    "files.completeUploadExternal": _complete,
    "files.info": _file_info,
    "views.open": _view_open,
    "views.push": _view_open,
    "views.update": _view_update,
    "views.publish": _publish,
}
