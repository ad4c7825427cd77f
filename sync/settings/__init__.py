"""Every setting of the program: read once, checked, frozen, with secrets that never print."""

from __future__ import annotations

from sync.settings.read import lacking, read, require
from sync.settings.shape import (
    AlertSettings,
    Cin7Settings,
    CompanySettings,
    LimitSettings,
    QboSettings,
    RoleSettings,
    Schedule,
    Secret,
    Settings,
    Shown,
    SlackSettings,
    SyncSettings,
)

__all__ = [
    "AlertSettings",
    "Cin7Settings",
    "CompanySettings",
    "LimitSettings",
    "QboSettings",
    "RoleSettings",
    "Schedule",
    "Secret",
    "Settings",
    "Shown",
    "SlackSettings",
    "SyncSettings",
    "lacking",
    "read",
    "require",
]
