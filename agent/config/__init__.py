"""Settings: frozen values read from strict YAML, and secrets that cannot be printed."""

from agent.config.alarms import AlarmRules, AlarmSettings
from agent.config.desired import Desired
from agent.config.device import Auth, DeviceSettings, PollSettings, TlsSettings, WriteSettings
from agent.config.grant import AccessSettings, Member
from agent.config.interapp import InterAppSettings, WebSettings
from agent.config.listen import ListenAddress, parse_listen
from agent.config.load import first_problem, load_desired, load_overlay, load_settings
from agent.config.receivers import NotificationSettings, ReceiverSettings
from agent.config.secret import Secret
from agent.config.settings import DEFAULT_ROOT, HttpSettings, Overlay, Settings, WritingSettings
from agent.config.snmp import CommunitySettings, SnmpSettings
from agent.config.transactions import TransactionSettings
from agent.config.user import UserSettings
from agent.config.view import ViewSettings

__all__ = [
    "DEFAULT_ROOT",
    "AccessSettings",
    "AlarmRules",
    "AlarmSettings",
    "Auth",
    "CommunitySettings",
    "Desired",
    "DeviceSettings",
    "HttpSettings",
    "InterAppSettings",
    "ListenAddress",
    "Member",
    "NotificationSettings",
    "Overlay",
    "PollSettings",
    "ReceiverSettings",
    "Secret",
    "Settings",
    "SnmpSettings",
    "TlsSettings",
    "TransactionSettings",
    "UserSettings",
    "ViewSettings",
    "WebSettings",
    "WriteSettings",
    "WritingSettings",
    "first_problem",
    "load_desired",
    "load_overlay",
    "load_settings",
    "parse_listen",
]
