"""The slash commands: help, the manifest and the router are made from this table."""

from __future__ import annotations

from bot.slash import cogs, recon, stock, sync
from bot.slash.forms import Slash

SLASHES: tuple[Slash, ...] = (sync.COMMAND, stock.COMMAND, cogs.COMMAND, recon.COMMAND)
