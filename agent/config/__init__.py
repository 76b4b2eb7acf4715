"""Settings: frozen values read from strict YAML, and secrets that cannot be printed."""

from agent.config.load import first_problem, load_overlay, load_settings
from agent.config.secret import Secret
from agent.config.settings import (
    CommunitySettings,
    DeviceSettings,
    HttpSettings,
    Overlay,
    PollSettings,
    Settings,
    SnmpSettings,
    TlsSettings,
    UserSettings,
    ViewSettings,
)

__all__ = [
    "CommunitySettings",
    "DeviceSettings",
    "HttpSettings",
    "Overlay",
    "PollSettings",
    "Secret",
    "Settings",
    "SnmpSettings",
    "TlsSettings",
    "UserSettings",
    "ViewSettings",
    "first_problem",
    "load_overlay",
    "load_settings",
]
