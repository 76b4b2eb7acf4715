"""LAN ports, their statistics, the interfaces on them with their addresses, and clusters."""

from __future__ import annotations

from agent.mib.declaration import Access, Column, Group, Table, described
from agent.mib.groups.common import DEVICE, named
from agent.mib.syntax import (
    COUNTER32,
    COUNTER64,
    DATE_AND_TIME,
    GAUGE,
    INDEX,
    MAC_ADDRESS,
    TEXT,
    TRUTH,
    UNSIGNED32,
    enumeration,
    unsigned32,
)
from agent.mib.view import Row
from agent.model import reading
from agent.model.document import Json
from agent.model.reading import ABSENT, Absent

DUPLEX = enumeration("full", "half")
BONDING_STATE = enumeration("standalone", "active", "backup")
ADDRESS_ORIGIN = enumeration("static", "dhcp")
ADDRESS_FAMILY = enumeration("ipv4", "ipv6")
CLUSTER_PORT = enumeration(
    "master",
    "slave",
    "listening",
    "notAvailable",
    codes={0: "notAvailable", 1: "master", 2: "slave", 3: "listening"},
)
CLUSTER_CLASS = enumeration(
    "gps",
    "pzf",
    "am",
    "irig",
    "pps",
    "ptp",
    "ntp",
    "e1",
    "rdt",
    codes={3: "gps", 4: "pzf", 5: "am", 6: "irig", 7: "pps", 8: "ptp", 9: "ntp", 10: "e1", 11: "rdt"},
)
CLUSTER_RECONFIGURATION = enumeration("currentlyNone", "normal", "masterToSlave", "slaveToMaster")

PORT = named("lnbNetPortIndex", "netport", 1)
INTERFACE = named("lnbNetInterfaceIndex", "netinterface", 1)
ADDRESS = named("lnbNetAddressIndex", "netaddress", 2)
CLUSTER = named("lnbNetClusterIndex", "netcluster", 2)


def from_zero(raw: Json) -> int | Absent:
    """A number from 0 on; the device writes -1 where there is none."""
    value = reading.integer(raw)
    return ABSENT if value == -1 else value


def mac(raw: Json) -> str | Absent:
    """A MAC address; the device writes zeros for a port that does not exist."""
    value = reading.text(raw)
    if isinstance(value, Absent):
        return value
    return value if value.strip("0:-.") else ABSENT


def port_name(row: Row) -> str | None:
    """The port in an interface's name: lan0 in lan0:0."""
    name = row.find("ifname")
    return name.partition(":")[0] or None if isinstance(name, str) else None


def _counter(arc: int, name: str, member: str, what: str) -> Column:
    return Column(arc, f"lnbNetPort{name}", COUNTER64, what, (member,), measured=True)


PORTS = Table(
    1,
    "lnbNetPortTable",
    "The LAN ports of each device. API generation V20 also lists ports that do not exist in the unit; "
    "lnbNetPortAvailable is false for these.",
    "One LAN port.",
    (DEVICE, PORT),
    (
        Column(
            1,
            "lnbNetPortIndex",
            INDEX,
            "Number of the port, given when its name is first seen and kept for ever.",
            access=Access.NOT_ACCESSIBLE,
        ),
        Column(2, "lnbNetPortName", TEXT, "Name of the port, such as lan0.", ("object-id",)),
        Column(3, "lnbNetPortLink", TRUTH, "Whether the port has link.", ("link",)),
        Column(4, "lnbNetPortOperational", TRUTH, "Whether the port is operationally up.", ("operstate",)),
        *described(5, "lnbNetPortDuplex", DUPLEX, "Duplex mode in use. Absent without link.", "duplex"),
        Column(
            7,
            "lnbNetPortSpeed",
            GAUGE,
            "Speed in use. Absent without link.",
            ("speed",),
            units="megabits per second",
        ),
        Column(
            8,
            "lnbNetPortMac",
            MAC_ADDRESS,
            "MAC address in use. Absent where the device writes zeros, as it does for a port that does not exist.",
            ("mac-address",),
            read=mac,
        ),
        Column(
            9,
            "lnbNetPortSlotNumber",
            UNSIGNED32,
            "Number of the slot whose card carries the port. It is the device's own number, not lnbSlotIndex; the name "
            "of the slot is in lnbNetPortSlotName. Absent where the device writes -1 for none.",
            ("slot-id",),
            read=from_zero,
        ),
        Column(
            10,
            "lnbNetPortSlotName",
            TEXT,
            "Name of the slot whose card carries the port, such as cpu; the same as lnbSlotId of that slot (inferred).",
            ("slot-name",),
        ),
        Column(
            11,
            "lnbNetPortNumber",
            UNSIGNED32,
            "Number of the port on its card, from 0. Absent where the device writes -1 for none.",
            ("port-id",),
            read=from_zero,
        ),
        Column(12, "lnbNetPortCard", TEXT, "Model of the card that carries the port.", ("card-name",)),
        Column(
            13,
            "lnbNetPortAvailable",
            TRUTH,
            "Whether the port exists in the unit. Absent before API generation V20, which lists existing ports only.",
            ("port-available",),
        ),
        *described(
            14,
            "lnbNetPortBond",
            BONDING_STATE,
            "Role of the port in a bond: standalone when it is in none, active when it carries the traffic, backup "
            "when it stands by. API generation V20.",
            "bonding-slave.state",
        ),
        Column(
            16,
            "lnbNetPortBondMii",
            TRUTH,
            "Whether link monitoring of the bond sees the port up. API generation V20.",
            ("bonding-slave.mii-status",),
        ),
        Column(
            17,
            "lnbNetPortBondFailures",
            COUNTER32,
            "Number of link failures the bond counted on this port. Absent when the port is in no bond.",
            ("bonding-slave.link-failure-count",),
            measured=True,
        ),
        Column(
            18,
            "lnbNetPortBondMac",
            MAC_ADDRESS,
            "Permanent MAC address of the port, which stays when a bond replaces the address in use.",
            ("bonding-slave.perm-hwaddr",),
            read=mac,
        ),
        Column(
            19,
            "lnbNetPortBondQueue",
            UNSIGNED32,
            "Queue of the bond that the port serves. Absent when the port is in no bond.",
            ("bonding-slave.queue-id",),
        ),
        Column(
            20,
            "lnbNetPortBondAggregator",
            UNSIGNED32,
            "Identifier of the link aggregation (IEEE 802.3ad) the port belongs to. Absent when it belongs to none.",
            ("bonding-slave.ad-aggregator-id",),
        ),
        Column(
            21,
            "lnbNetPortBondActorState",
            unsigned32(0, 255),
            "State octet of this end of the link aggregation (IEEE 802.3ad actor operational port state): bit 0 "
            "activity, 1 timeout, 2 aggregation, 3 synchronization, 4 collecting, 5 distributing, 6 defaulted, "
            "7 expired. Absent when the port belongs to none.",
            ("bonding-slave.ad-actor-oper-port-state",),
        ),
        Column(
            22,
            "lnbNetPortBondPartnerState",
            unsigned32(0, 255),
            "State octet of the other end of the link aggregation, with the bits of lnbNetPortBondActorState. Absent "
            "when the port belongs to none.",
            ("bonding-slave.ad-partner-oper-port-state",),
        ),
    ),
    rows=("status.network.ports[]",),
)

STATISTICS = Table(
    2,
    "lnbNetPortStatsTable",
    "Counters of the LAN ports as the device's Linux kernel keeps them. API generation V20 and later. They start at "
    "zero when the device starts; ports that do not exist stay at zero.",
    "The counters of one LAN port.",
    (DEVICE, PORT),
    (
        _counter(1, "RxPackets", "rx-packets", "Packets received."),
        _counter(2, "RxBytes", "rx-bytes", "Octets received."),
        _counter(3, "RxDropped", "rx-dropped", "Packets received and dropped, for want of memory for instance."),
        _counter(4, "RxCompressed", "rx-compressed", "Compressed packets received."),
        _counter(
            5, "RxNoHandler", "rx-nohandler", "Packets received and dropped because the port may not take any now."
        ),
        _counter(6, "RxErrors", "rx-errors", "Bad packets received, of all kinds."),
        _counter(7, "RxCrcErrors", "rx-crc-errors", "Packets received with a wrong checksum."),
        _counter(8, "RxFifoErrors", "rx-fifo-errors", "Overruns of the receive queue."),
        _counter(9, "RxFrameErrors", "rx-frame-errors", "Packets received with a frame alignment error."),
        _counter(10, "RxLengthErrors", "rx-length-errors", "Packets received with a wrong length."),
        _counter(
            11, "RxMissedErrors", "rx-missed-errors", "Packets missed because the host did not fetch them in time."
        ),
        _counter(12, "RxOverErrors", "rx-over-errors", "Overruns of the receiver."),
        _counter(13, "TxPackets", "tx-packets", "Packets sent."),
        _counter(14, "TxBytes", "tx-bytes", "Octets sent."),
        _counter(15, "TxDropped", "tx-dropped", "Packets dropped instead of being sent."),
        _counter(16, "TxCompressed", "tx-compressed", "Compressed packets sent."),
        _counter(17, "TxErrors", "tx-errors", "Packets that could not be sent, for all reasons."),
        _counter(
            18, "TxAbortedErrors", "tx-aborted-errors", "Transmissions given up, after too many collisions mostly."
        ),
        _counter(19, "TxCarrierErrors", "tx-carrier-errors", "Transmissions that failed because the carrier was lost."),
        _counter(20, "TxFifoErrors", "tx-fifo-errors", "Underruns of the send queue."),
        _counter(21, "TxHeartbeatErrors", "tx-heartbeat-errors", "Heartbeat errors of half-duplex Ethernet."),
        _counter(22, "TxWindowErrors", "tx-window-errors", "Late collisions."),
        _counter(23, "Multicast", "multicast", "Multicast packets received."),
        _counter(24, "Collisions", "collisions", "Collisions seen while sending."),
        Column(
            25,
            "lnbNetPortGroFlushTimeout",
            GAUGE,
            "Time after which the kernel hands on packets it has gathered on reception; 0 means at once. It is a "
            "setting, not a counter (the unit is that of the Linux kernel, inferred).",
            ("gro-flush-timeout",),
            units="nanoseconds",
        ),
        Column(
            26,
            "lnbNetPortMtu",
            GAUGE,
            "Largest packet the port sends. The value is what the device writes; units were seen that write 0 for "
            "every port.",
            ("mtu",),
            units="octets",
        ),
    ),
    rows=("status.network.ports[].statistics",),
)

INTERFACES = Table(
    3,
    "lnbNetInterfaceTable",
    "The network interfaces of each device. Several may stand on one LAN port.",
    "One network interface.",
    (DEVICE, INTERFACE),
    (
        Column(
            1,
            "lnbNetInterfaceIndex",
            INDEX,
            "Number of the interface, given when its identifier is first seen and kept for ever.",
            access=Access.NOT_ACCESSIBLE,
        ),
        Column(
            2, "lnbNetInterfaceId", TEXT, "Identifier of the interface on the device, such as vif0.", ("object-id",)
        ),
        Column(3, "lnbNetInterfaceName", TEXT, "Name of the interface, such as lan0:0.", ("ifname",)),
        Column(
            4,
            "lnbNetInterfacePort",
            TEXT,
            "Name of the LAN port or bond the interface stands on: its name up to the colon (inferred).",
            value=port_name,
        ),
    ),
    rows=("status.network.interfaces[]",),
)

ADDRESSES = Table(
    4,
    "lnbNetAddressTable",
    "The addresses of the network interfaces. An interface without an address has no row here.",
    "One address of an interface.",
    (DEVICE, INTERFACE, ADDRESS),
    (
        Column(
            1,
            "lnbNetAddressIndex",
            INDEX,
            "Number of the address, given when its interface and identifier are first seen and kept for ever.",
            access=Access.NOT_ACCESSIBLE,
        ),
        Column(
            2, "lnbNetAddressId", TEXT, "Identifier of the address on its interface, such as ipv4-dhcp.", ("object-id",)
        ),
        *described(3, "lnbNetAddressOrigin", ADDRESS_ORIGIN, "Where the address comes from.", "iftype"),
        *described(5, "lnbNetAddressFamily", ADDRESS_FAMILY, "Family of the address.", "addresstype"),
        Column(7, "lnbNetAddressIp", TEXT, "The IP address.", ("address",)),
        Column(
            8,
            "lnbNetAddressSubnet",
            TEXT,
            "Network mask as the device writes it, 255.255.255.0 for instance.",
            ("subnet",),
        ),
    ),
    rows=("status.network.interfaces[].addresses[]",),
)

CLUSTERS = Table(
    5,
    "lnbNetClusterTable",
    "Redundancy clusters on the network interfaces, one row per interface and address family whether a cluster is "
    "configured or not. API generation V20 and later. Members that are empty on the device are absent.",
    "The cluster of one interface in one address family.",
    (DEVICE, INTERFACE, CLUSTER),
    (
        Column(
            1,
            "lnbNetClusterIndex",
            INDEX,
            "Number of the cluster, given when its interface and address family are first seen and kept for ever.",
            access=Access.NOT_ACCESSIBLE,
        ),
        Column(
            2,
            "lnbNetClusterFamily",
            ADDRESS_FAMILY,
            "Address family of the cluster.",
            value=lambda row: ADDRESS_FAMILY.read(row.keys[-1]),
        ),
        Column(3, "lnbNetClusterEnabled", TRUTH, "Whether the cluster is switched on.", ("enabled",)),
        Column(
            4,
            "lnbNetClusterTimestamp",
            DATE_AND_TIME,
            "Time stamp of the cluster's state, UTC (the format is not publicly known).",
            ("timestamp",),
        ),
        Column(5, "lnbNetClusterIp", TEXT, "Address that the cluster's master answers on.", ("cluster-ip",)),
        Column(
            6,
            "lnbNetClusterCommunicationIp",
            TEXT,
            "Address that the members of the cluster talk to each other on.",
            ("communication-ip",),
        ),
        *described(7, "lnbNetClusterPortState", CLUSTER_PORT, "Role of this device in the cluster.", "port-state"),
        Column(9, "lnbNetClusterMasterSerial", TEXT, "Serial number of the master.", ("master-serial",)),
        Column(10, "lnbNetClusterMasterIp", TEXT, "Address of the master.", ("master-ip",)),
        Column(11, "lnbNetClusterMasterPriority", UNSIGNED32, "Priority of the master.", ("master-priority",)),
        *described(
            12,
            "lnbNetClusterClockClass",
            CLUSTER_CLASS,
            "Kind of reference the master is synchronized by (inferred).",
            "clock-class",
        ),
        Column(
            14,
            "lnbNetClusterClockStatus",
            TEXT,
            "State of the reference as the device writes it; its words are not publicly known.",
            ("clock-status",),
        ),
        Column(
            15,
            "lnbNetClusterNtpStatus",
            TEXT,
            "State of NTP as the device writes it; of its words only unknown is publicly known.",
            ("ntp-status",),
        ),
        *described(
            16,
            "lnbNetClusterReconfiguration",
            CLUSTER_RECONFIGURATION,
            "Whether the cluster is changing its master.",
            "reconfig-state",
        ),
    ),
    rows=("status.network.interfaces[].cluster[]",),
)

GROUP = Group(
    10,
    "lnbNetwork",
    "LAN ports, network interfaces, addresses and clusters.",
    (PORTS, STATISTICS, INTERFACES, ADDRESSES, CLUSTERS),
)
