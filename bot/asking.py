"""Buttons that ask the next question: each carries the command that it stands for, and nothing else."""

from __future__ import annotations

import re

from bot import blocks
from bot.blocks import Block

ASK, SHARE, SIGN_OFF = "ask", "share", "sign_off"


def ask_button(words: str, command: str) -> Block:
    """A button that asks `command`; its action is told from others of the message by its words."""
    return blocks.button(words, f"{ASK}:{re.sub(r'[^a-z0-9]+', '_', words.lower())}", command)


def share_buttons(command: str) -> list[Block]:
    """Posts what `command` answers for all who read the channel; none where a button could not carry it whole."""
    return [blocks.button("Share in channel", SHARE, command)] if len(command) <= blocks.VALUE else []


def shared(command: str) -> list[Block]:
    """The same as a row of its own."""
    buttons = share_buttons(command)
    return [blocks.actions(*buttons)] if buttons else []


def quoted(words: str) -> str:
    """Data as one word of a command, so that no word of it is taken for an option."""
    plain = blocks.plain(words).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"' if re.search(r"[\s\"'\\]|^$", plain) else plain
