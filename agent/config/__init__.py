"""Settings: frozen values read from strict YAML, and secrets that cannot be printed."""

from agent.config.device import Auth, DeviceSettings, PollSettings, TlsSettings
from agent.config.load import first_problem, load_overlay, load_settings
from agent.config.receivers import NotificationSettings, ReceiverSettings
from agent.config.secret import Secret
from agent.config.settings import DEFAULT_ROOT, HttpSettings, Overlay, Settings
from agent.config.snmp import CommunitySettings, SnmpSettings, UserSettings, ViewSettings, parse_listen

__all__ = [
    "DEFAULT_ROOT",
    "Auth",
    "CommunitySettings",
    "DeviceSettings",
    "HttpSettings",
    "NotificationSettings",
    "Overlay",
    "PollSettings",
    "ReceiverSettings",
    "Secret",
    "Settings",
    "SnmpSettings",
    "TlsSettings",
    "UserSettings",
    "ViewSettings",
    "first_problem",
    "load_overlay",
    "load_settings",
    "parse_listen",
]
