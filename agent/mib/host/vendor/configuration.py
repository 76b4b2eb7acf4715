"""B.1: what of the device's configuration its REST API tells: names, interfaces, and PTP of HPS cards.

Nothing here can be set. What the REST API does not tell is absent, and so is what would only be guessed: which
services an interface has been given, since the device says of the whole of it alone which ones run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from agent.mib.declaration import Column, Feed, Index, Scalars, Table
from agent.mib.groups.hps import COPPER, SSM
from agent.mib.groups.network import mac, port_name
from agent.mib.groups.ptp import PROFILE, ROLE
from agent.mib.host.common import by_label, like
from agent.mib.host.vendor.common import (
    CONFIGURATION,
    DISPLAY,
    SWITCH,
    group,
    of_device,
    paths_of,
    renamed,
    switch,
    understood,
    words,
)
from agent.mib.host.vendor.ethernet import is_there, number
from agent.mib.syntax import UNSIGNED32, Reader, Syntax, integer32, unsigned32
from agent.mib.view import Row, parsed
from agent.model import reading
from agent.model.document import Json, records
from agent.model.reading import ABSENT, Absent

_PORTS: Final = "status.network.ports[]"
_INTERFACES: Final = "status.network.interfaces[]"


def _host_name(raw: Json) -> str | Absent:
    text = reading.text(raw)
    return text if isinstance(text, Absent) else text.partition(".")[0] or ABSENT


def _domain(raw: Json) -> str | Absent:
    text = reading.text(raw)
    return text if isinstance(text, Absent) else text.partition(".")[2] or ABSENT


def _rows(row: Row, path: str) -> list[Row]:
    return [Row(row.view, record) for record in records(row.view.root, parsed(path))]


def _ports(row: Row) -> int | None:
    return sum(map(is_there, _rows(row, _PORTS))) if of_device(row, "status.network") else None


def _interfaces(row: Row) -> int | None:
    return len(_rows(row, _INTERFACES)) if of_device(row, "status.network") else None


def _port_index(row: Row) -> Iterable[int]:
    return (number(row),)


PORTS = Table(
    9,
    "mbgLtNgCfgPhysicalIfTable",
    "The LAN ports that are there.",
    "One port.",
    (Index("mbgLtNgCfgPhysicalIfIndex", _port_index),),
    (
        Column(1, "mbgLtNgCfgPhysicalIfIndex", UNSIGNED32, "1 for lan0.", value=number),
        like(2, "mbgLtNgCfgPhysicalIfMac", DISPLAY, "lnbNetPortMac", mac),
    ),
    rows=(_PORTS,),
    when=is_there,
    row_name="mbgLtNgCfgPhysicalIfTableEntry",
)


def _interface(row: Row) -> int:
    return row.view.identities.index("netinterface", row.keys[0])


def _interface_index(row: Row) -> Iterable[int]:
    return (_interface(row),)


def _address(row: Row, origin: str, family: str, member: str) -> str | Absent | None:
    """A member of the interface's first address of this origin ("" for any) and family."""
    for one in _rows(row, f"{_INTERFACES}.addresses[]"):
        if one.keys[0] != row.keys[0] or understood(reading.label, one.find("addresstype")) != family:
            continue
        if origin in ("", understood(reading.label, one.find("iftype"))):
            return reading.text(one.find(member))
    return None


def _dhcp(row: Row) -> str | None:
    """Whether an address comes from DHCP; not told of an interface that has none."""
    if isinstance(_address(row, "dhcp", "ipv4", "address"), str):
        return "on"
    return "off" if isinstance(_address(row, "static", "ipv4", "address"), str) else None


def _assigned(row: Row) -> int | None:
    """The number of the port that the interface stands on."""
    found = re.fullmatch(r"lan(\d+)", port_name(row) or "")
    return int(found[1]) if found else None


def _mac_of_port(row: Row) -> str | Absent | None:
    name = port_name(row)
    return next((mac(port.find("mac-address")) for port in _rows(row, _PORTS) if port.keys[0] == name), None)


INTERFACES = Table(
    10,
    "mbgLtNgCfgVirtualIfTable",
    "The network interfaces.",
    "One interface.",
    (Index("mbgLtNgCfgVirtualIfIndex", _interface_index),),
    (
        Column(1, "mbgLtNgCfgVirtualIfIndex", UNSIGNED32, "As lnbNetInterfaceIndex.", value=_interface),
        Column(2, "mbgLtNgCfgVirtualIfIpv4Addr", DISPLAY, "Static address.",
               value=lambda row: _address(row, "static", "ipv4", "address")),
        Column(3, "mbgLtNgCfgVirtualIfIpv4Netmask", DISPLAY, "Its network mask.",
               value=lambda row: _address(row, "static", "ipv4", "subnet")),
        Column(4, "mbgLtNgCfgVirtualIfIpv4Dhcp", SWITCH, "Whether the address comes from DHCP.", value=_dhcp),
        Column(5, "mbgLtNgCfgVirtualIfIpv4AddrFromDhcp", DISPLAY, "Address from DHCP.",
               value=lambda row: _address(row, "dhcp", "ipv4", "address")),
        Column(6, "mbgLtNgCfgVirtualIfIpv4NetmaskFromDhcp", DISPLAY, "Its network mask.",
               value=lambda row: _address(row, "dhcp", "ipv4", "subnet")),
        Column(11, "mbgLtNgCfgVirtualIfIpv6Addr", DISPLAY, "IPv6 address.",
               value=lambda row: _address(row, "", "ipv6", "address")),
        Column(15, "mbgLtNgCfgVirtualIfAssigned", UNSIGNED32, "Number of the port it stands on, 0 for lan0.",
               value=_assigned),
        Column(16, "mbgLtNgCfgVirtualIfMac", DISPLAY, "MAC address of that port.", value=_mac_of_port),
        Column(21, "mbgLtNgCfgVirtualIfCluster", SWITCH, "Whether an IPv4 cluster is switched on (API generation V20).",
               ("cluster.ipv4.enabled",), read=switch),
        Column(22, "mbgLtNgCfgVirtualIfClusterIpv4Addr", DISPLAY, "Address of the cluster.",
               ("cluster.ipv4.cluster-ip",)),
    ),
    rows=(_INTERFACES,),
    row_name="mbgLtNgCfgVirtualIfTableEntry",
)  # fmt: skip

PTP_MODE: Final = words(
    multicastSlave=0, unicastSlave=1, multicastMaster=2, unicastMaster=3, multicastAuto=4, bothMaster=5, ntpServer=6,
    ntpClient=7,
)  # fmt: skip
DELAY: Final = words(e2e=0, p2p=1)
NETWORK_PROTOCOL: Final = words(reserved=0, udpIpv4=1, udpIpv6=2, ieee8023=3)
MODE_OF_IPV6: Final = words(static=0, ra=1, dhcp=2)
PROFILES: Final = words(
    custom=0, defE2eIeee15882008=1, defP2pIeee15882008=2, powIeeeC37238=3, telItuTG82651=4, telItuTG82751=5,
    smpteSt20592=6,
)  # fmt: skip
QUALITY: Final = words(
    stuUkn=0, prs=1, prc=2, inv3=3, ssuATnc=4, inv5=5, inv6=6, st2=7, ssuB=8, inv9=9, eec2St3=10, eec1Sec=11, smc=12,
    st3e=13, prov=14, dnuDus=15,
)  # fmt: skip
OPTION: Final = words(opt1=0, opt2=1)
COPPER_MODE: Final = words(
    auto=0, forceSyncEAuto=1, forceOrIsMaster=2, forceOrIsSlave=3, preferMaster=4, preferSlave=5
)  # fmt: skip
_BYTE: Final = unsigned32(0, 255)
_INTERVAL: Final = integer32(-7, 7)

_profile = renamed(
    PROFILE, custom="custom", defaultE2e15882008="defE2eIeee15882008", defaultP2p15882008="defP2pIeee15882008",
    powerC37238="powIeeeC37238", telecomG82651="telItuTG82651", telecomG82751="telItuTG82751",
    smpteSt20592="smpteSt20592",
)  # fmt: skip
_role = renamed(
    ROLE, ucMcMaster="bothMaster", **{word: word for word in PTP_MODE.labels if word in ROLE.labels}
)  # fmt: skip
_protocol = by_label("lnbPtpConfigProtocol", NETWORK_PROTOCOL)
_quality = renamed(
    SSM, **{word: word for word in QUALITY.labels if word in SSM.labels}, stuUnk="stuUkn", ssuA="ssuATnc",
    tnc="ssuATnc", eec2="eec2St3", st3="eec2St3", eec1="eec1Sec", sec="eec1Sec", dnu="dnuDus", dus="dnuDus",
)  # fmt: skip
_copper = renamed(
    COPPER, auto="auto", forceSyncEAuto="forceSyncEAuto", forceMaster="forceOrIsMaster", forceSlave="forceOrIsSlave",
    preferMaster="preferMaster", preferSlave="preferSlave",
)  # fmt: skip


def _instance(row: Row) -> int:
    return row.view.identities.index("ptp", "/".join(row.keys[:2]))


def _instance_index(row: Row) -> Iterable[int]:
    return (_instance(row),)


def _card(arc: int, name: str, syntax: Syntax, own: str, read: Reader | None = None) -> Column:
    """A setting of the card that the instance runs on; where the status has it, the configuration has it, too."""
    paths = tuple(f"^.{path}" for path in paths_of(own))
    return Column(arc, f"mbgLtNgCfgPtp{name}", syntax, f"As {own}, but as configured.", paths, read=read)


def _network(arc: int, name: str, *members: str) -> Column:
    return Column(arc, f"mbgLtNgCfgPtp{name}", DISPLAY, "As configured.",
                  tuple(f"^.module.network.{member}" for member in members))  # fmt: skip


PTP = Table(
    1,
    "mbgLtNgCfgPtpTable",
    "The PTPv2 instances of all cards as they are configured, once the configuration of their card has been read. All "
    "paths are inferred.",
    "One instance.",
    (Index("mbgLtNgCfgPtpIndex", _instance_index),),
    (
        Column(1, "mbgLtNgCfgPtpIndex", UNSIGNED32, "Number of the instance, as lnbPtpInstanceIndex.",
               value=_instance),
        _network(2, "Hostname", "hostname"),
        _network(3, "Domainname", "domain-name", "domain"),
        _network(4, "Nameserver1", "nameserver-1"),
        _network(5, "Nameserver2", "nameserver-2"),
        _card(6, "Ipv4", DISPLAY, "lnbHpsIpv4Address"),
        _card(7, "Netmask", DISPLAY, "lnbHpsIpv4Netmask"),
        _card(8, "Gateway", DISPLAY, "lnbHpsIpv4Gateway"),
        Column(9, "mbgLtNgCfgPtpEnableVlan", SWITCH, "Whether a VLAN is configured.",
               ("^.module.network.vlan-enabled",), read=switch),
        _card(10, "VlanId", unsigned32(0, 4094), "lnbHpsVlanId"),
        _card(11, "VlanPriority", unsigned32(0, 7), "lnbHpsVlanPriority"),
        _card(12, "EnableDhcp", SWITCH, "lnbHpsDhcp", switch),
        like(13, "mbgLtNgCfgPtpMode", PTP_MODE, "lnbPtpConfigRole", _role),
        like(14, "mbgLtNgCfgPtpDelayMechanism", DELAY, "lnbPtpConfigDelayMechanism",
             by_label("lnbPtpConfigDelayMechanism", DELAY)),
        like(15, "mbgLtNgCfgPtpNetworkProtocol", NETWORK_PROTOCOL, "lnbPtpConfigProtocol", _protocol),
        like(16, "mbgLtNgCfgPtpDomainNumber", _BYTE, "lnbPtpConfigDomain"),
        like(17, "mbgLtNgCfgPtpPriority1", _BYTE, "lnbPtpConfigPriority1"),
        like(18, "mbgLtNgCfgPtpPriority2", _BYTE, "lnbPtpConfigPriority2"),
        like(19, "mbgLtNgCfgPtpSyncInterval", _INTERVAL, "lnbPtpConfigSyncInterval"),
        like(20, "mbgLtNgCfgPtpAnnounceInterval", _INTERVAL, "lnbPtpConfigAnnounceInterval"),
        like(21, "mbgLtNgCfgPtpDelayReqInterval", _INTERVAL, "lnbPtpConfigDelayInterval"),
        _card(24, "Ipv6Mode", MODE_OF_IPV6, "lnbHpsIpv6Mode",
              by_label("lnbHpsIpv6Mode", MODE_OF_IPV6)),
        _card(25, "Ipv6Address", DISPLAY, "lnbHpsIpv6Address"),
        _card(28, "DscpClass", unsigned32(0, 64), "lnbHpsDscp"),
        like(29, "mbgLtNgCfgPtpMcastTtl", _BYTE, "lnbPtpConfigMulticastTtl"),
        like(31, "mbgLtNgCfgPtpProfile", PROFILES, "lnbPtpConfigProfile", _profile),
        Column(32, "mbgLtNgCfgPtpHybridMode", SWITCH, "Hybrid mode.", ("flags.hybrid-mode", "hybrid-mode"),
               read=switch),
        like(34, "mbgLtNgCfgPtpAnnRcptTmout", unsigned32(2, 255), "lnbPtpConfigAnnounceTimeout"),
        _card(39, "SyncESdhNwOption", OPTION, "lnbSyncEOption", by_label("lnbSyncEOption", OPTION)),
        _card(40, "SyncEInputSsm", QUALITY, "lnbSyncEInput", _quality),
        _card(41, "SyncEOutputSsm", QUALITY, "lnbSyncEOutput", _quality),
        _card(42, "SyncEGbitCopperMode", COPPER_MODE, "lnbSyncECopperMode", _copper),
    ),
    rows=("@lnbPtpConfigTable",),
    row_name="mbgLtNgCfgPtpTableEntry",
)  # fmt: skip

GROUPS = (
    group(
        "mbgLtNgCfgEthernet",
        (*CONFIGURATION, 0),
        Scalars(
            0,
            "mbgLtNgCfgEthernetScalars",
            (
                Column(1, "mbgLtNgCfgEthernetHostname", DISPLAY, "Host name.", ("system-information.hostname",),
                       read=_host_name),
                Column(2, "mbgLtNgCfgEthernetDomain", DISPLAY, "Domain in the host name.",
                       ("system-information.hostname",), read=_domain),
                Column(7, "mbgLtNgCfgNumberOfPhysicalIf", UNSIGNED32, "LAN ports that are there.", value=_ports),
                Column(8, "mbgLtNgCfgNumberOfVirtualIf", UNSIGNED32, "Network interfaces.", value=_interfaces),
            ),
            feed=Feed.DOCUMENT,
        ),
        PORTS,
        INTERFACES,
    ),
    group("mbgLtNgCfgPtp", (*CONFIGURATION, 4), PTP),
)  # fmt: skip
