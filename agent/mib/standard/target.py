"""SNMP-TARGET-MIB and SNMP-NOTIFICATION-MIB (RFC 3413): the receivers of notifications as they are configured.

Read-only: receivers are written in the configuration file. Filter profiles are empty, because the filters there go by
severity, device and alarm type, which filters of subtrees cannot say.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agent.config import ReceiverSettings, UserSettings
from agent.mib.declaration import Access, Column, Feed, Group, Index, Scalars, Table
from agent.mib.encoding import Oid
from agent.mib.standard.rows import ROW_STATUS, STORAGE_TYPE
from agent.mib.standard.view import SelfView
from agent.mib.syntax import OBJECT_IDENTIFIER, TEXT, closed, integer32, octets

UDP_IPV4: Oid = (1, 3, 6, 1, 6, 1, 1)
"""snmpUDPDomain (RFC 3417)."""
UDP_IPV6: Oid = (1, 3, 6, 1, 2, 1, 100, 1, 2)
"""transportDomainUdpIpv6 (RFC 3419)."""
UDP_DNS: Oid = (1, 3, 6, 1, 2, 1, 100, 1, 14)
"""transportDomainUdpDns (RFC 3419)."""

SECURITY_LEVEL = closed(noAuthNoPriv=1, authNoPriv=2, authPriv=3)
NOTIFY_TYPE = closed(trap=1, inform=2)
_MODELS = {"v1": (0, 1), "v2c": (1, 2), "v3": (3, 3)}
"""Message processing model and security model (RFC 3411 5)."""


@dataclass(frozen=True, slots=True)
class NotifyRow:
    """A kind of notification and the tag of the receivers that get it."""

    kind: str


def target_address(receiver: ReceiverSettings) -> tuple[Oid, bytes]:
    """Transport domain and address; of a host name the name itself, whatever it means at the moment."""
    host, port = receiver.endpoint
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return UDP_DNS, f"{host}:{port}".encode()
    if "%" in host:  # the zone's number is known to the system alone
        return UDP_DNS, f"[{host}]:{port}".encode()
    return (UDP_IPV4 if address.version == 4 else UDP_IPV6), address.packed + port.to_bytes(2, "big")


def _receivers(view: SelfView) -> Iterator[ReceiverSettings]:
    yield from view.notifications.receivers


@dataclass(frozen=True, slots=True)
class ParamsRow:
    """How a receiver is spoken to; the security name of a community is the receiver's name, for it is a secret."""

    receiver: ReceiverSettings
    user: UserSettings | None

    @property
    def level(self) -> str:
        """The security level."""
        return self.receiver.level or (self.user.highest_level if self.user else "noAuthNoPriv")


def _params(view: SelfView) -> Iterator[ParamsRow]:
    users = {user.name: user for user in view.settings.users}
    for receiver in view.notifications.receivers:
        yield ParamsRow(receiver, users.get(receiver.user or ""))


def _kinds(view: SelfView) -> Iterator[NotifyRow]:
    for kind in sorted({receiver.kind for receiver in view.notifications.receivers}):
        yield NotifyRow(kind)


def _status(receiver: ReceiverSettings) -> str:
    return "active" if receiver.enabled else "notInService"


def _name(row: ReceiverSettings) -> Iterable[int]:
    return row.name.encode()  # IMPLIED: without its length (RFC 2578 7.7)


def _params_name(row: ParamsRow) -> Iterable[int]:
    return row.receiver.name.encode()


def _kind(row: NotifyRow) -> Iterable[int]:
    return row.kind.encode()


LOCK = Scalars(
    0,
    "snmpTargetLock",
    (
        Column(1, "snmpTargetSpinLock", integer32(0, 2**31 - 1),
               "Advisory lock for writing these tables; it does not move, since nothing here can be written.",
               value=lambda self: 0),
    ),
)  # fmt: skip
ADDRESSES = Table(
    2,
    "snmpTargetAddrTable",
    "Receivers of notifications: where each is.",
    "One receiver.",
    (Index("snmpTargetAddrName", _name),),
    (
        Column(1, "snmpTargetAddrName", TEXT, "Name of the receiver.", access=Access.NOT_ACCESSIBLE),
        Column(2, "snmpTargetAddrTDomain", OBJECT_IDENTIFIER, "Sort of address.",
               value=lambda row: target_address(row)[0]),
        Column(3, "snmpTargetAddrTAddress", octets(255), "Address and port.", value=lambda row: target_address(row)[1]),
        Column(4, "snmpTargetAddrTimeout", integer32(0, 2**31 - 1), "Until an inform is sent again, hundredths of a "
               "second.", value=lambda row: round(row.timeout_s * 100)),
        Column(5, "snmpTargetAddrRetryCount", integer32(0, 255), "How often an inform is sent again.",
               value=lambda row: row.retries),
        Column(6, "snmpTargetAddrTagList", TEXT, "The kind of notifications it gets.", value=lambda row: row.kind),
        Column(7, "snmpTargetAddrParams", TEXT, "Row of snmpTargetParamsTable.", value=lambda row: row.name),
        Column(8, "snmpTargetAddrStorageType", STORAGE_TYPE, "Written in the configuration file.",
               value=lambda row: "readOnly"),
        Column(9, "snmpTargetAddrRowStatus", ROW_STATUS, "notInService: switched off in the configuration.",
               value=_status),
    ),
    feed=Feed.AGENT,
    source=_receivers,
)  # fmt: skip
PARAMS = Table(
    3,
    "snmpTargetParamsTable",
    "Receivers of notifications: how each is spoken to.",
    "One receiver.",
    (Index("snmpTargetParamsName", _params_name),),
    (
        Column(1, "snmpTargetParamsName", TEXT, "Name of the receiver.", access=Access.NOT_ACCESSIBLE),
        Column(2, "snmpTargetParamsMPModel", integer32(0, 2**31 - 1), "Version: 0 v1, 1 v2c, 3 v3.",
               value=lambda row: _MODELS[row.receiver.version][0]),
        Column(3, "snmpTargetParamsSecurityModel", integer32(1, 2**31 - 1), "Security model: 1 v1, 2 v2c, 3 USM.",
               value=lambda row: _MODELS[row.receiver.version][1]),
        Column(4, "snmpTargetParamsSecurityName", TEXT,
               "User; of a community the receiver's name, for a community is a secret.",
               value=lambda row: row.receiver.user or row.receiver.name),
        Column(5, "snmpTargetParamsSecurityLevel", SECURITY_LEVEL, "Security level.", value=lambda row: row.level),
        Column(6, "snmpTargetParamsStorageType", STORAGE_TYPE, "Written in the configuration file.",
               value=lambda row: "readOnly"),
        Column(7, "snmpTargetParamsRowStatus", ROW_STATUS, "notInService: switched off in the configuration.",
               value=lambda row: _status(row.receiver)),
    ),
    feed=Feed.AGENT,
    source=_params,
)  # fmt: skip
NOTIFY = Table(
    1,
    "snmpNotifyTable",
    "Kinds of notifications and who gets them.",
    "One kind.",
    (Index("snmpNotifyName", _kind),),
    (
        Column(1, "snmpNotifyName", TEXT, "Name of the row: its kind.", access=Access.NOT_ACCESSIBLE),
        Column(2, "snmpNotifyTag", TEXT, "Tag of the receivers in snmpTargetAddrTagList.",
               value=lambda row: row.kind),
        Column(3, "snmpNotifyType", NOTIFY_TYPE, "trap or inform.", value=lambda row: row.kind),
        Column(4, "snmpNotifyStorageType", STORAGE_TYPE, "Written in the configuration file.",
               value=lambda row: "readOnly"),
        Column(5, "snmpNotifyRowStatus", ROW_STATUS, "Always active.", value=lambda row: "active"),
    ),
    feed=Feed.AGENT,
    source=_kinds,
)  # fmt: skip

GROUPS = (
    Group(12, "snmpTargetObjects", "RFC 3413.", (LOCK, ADDRESSES, PARAMS), oid=(1, 3, 6, 1, 6, 3, 12, 1)),
    Group(13, "snmpNotifyObjects", "RFC 3413.", (NOTIFY,), oid=(1, 3, 6, 1, 6, 3, 13, 1)),
)
