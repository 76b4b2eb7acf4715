"""What is configured in the devices, and may be written: cards, clocks, network, NTP, notifications, services, system.

The names of the branches are captured; most members of them are inferred. A value that a device does not have is
absent, and is not made by writing.
"""

from __future__ import annotations

from collections.abc import Callable

from agent.mib.declaration import Access, Column, Form, Group, Table, described_setting, setting
from agent.mib.forms import HOST, IP, IPV4, IPV6, LINE, NETMASK
from agent.mib.groups.clock import LONG_WAVE, TIME_CODE, member
from agent.mib.groups.common import DEVICE, SLOT, named
from agent.mib.groups.event import EVENT
from agent.mib.groups.hps import COPPER, IPV6_MODE, OP_MODE, SDH
from agent.mib.groups.network import ADDRESS, ADDRESS_FAMILY, ADDRESS_ORIGIN, INTERFACE, PORT
from agent.mib.groups.service import SERVICE
from agent.mib.groups.words import REFERENCE_TYPE
from agent.mib.syntax import INDEX, TEXT, TRUTH, UNSIGNED32, enumeration, integer32, unsigned32
from agent.mib.view import Row

CARDS = "configuration.chassis0.slots[]"
RECEIVERS = ("gps", "gns", "gnss", "gnm", *LONG_WAVE, *TIME_CODE)
"""Members of a clock card's configuration; `gps` is captured."""

PULSES = enumeration("always", "ifSync", "never")
PULSE_WORDS = Form(words={"ifSync": "if-sync"})
REFERENCE_WORDS = Form(
    words={
        "freqIn10mhz": "10mhz-freqin", "ppsIn10mhz": "10mhz-pps-in", "dcf77PzfReceiver": "dcf77-pzf-receiver",
        "ptpOverE1": "ptp-over-e1", "variableFreqGpio": "variable-freq-gpio",
    },
)  # fmt: skip


def _has(*names: str) -> Callable[[Row], bool]:
    def has(row: Row) -> bool:
        module = row.find("module")
        return isinstance(module, dict) and any(isinstance(module.get(name), dict) for name in names)

    return has


CARD = Table(
    1,
    "lnbCardConfigTable",
    "Network port, synchronous Ethernet and NTP service of HPS cards, as configured (paths inferred). Who changes the "
    "address of a card may lose it.",
    "One card, by its slot.",
    (DEVICE, SLOT),
    (
        setting(1, "lnbCardConfigHostName", TEXT, "Host name.", "module.network.hostname", form=HOST),
        setting(2, "lnbCardConfigDomain", TEXT, "Domain name.", "module.network.domain",
                "module.network.domain-name", form=HOST),
        setting(3, "lnbCardConfigNameServer1", TEXT, "First name server.", "module.network.nameserver-1", form=IP),
        setting(4, "lnbCardConfigNameServer2", TEXT, "Second name server.", "module.network.nameserver-2", form=IP),
        setting(5, "lnbCardConfigDhcp", TRUTH, "Whether the address comes from DHCP.", "module.network.dhcp"),
        setting(6, "lnbCardConfigIpv4Address", TEXT, "IPv4 address.", "module.network.ipv4-address", form=IPV4),
        setting(7, "lnbCardConfigIpv4Netmask", TEXT, "IPv4 network mask.", "module.network.netmask", form=NETMASK),
        setting(8, "lnbCardConfigIpv4Gateway", TEXT, "IPv4 gateway.", "module.network.gateway", form=IPV4),
        setting(9, "lnbCardConfigVlan", TRUTH, "Whether packets are tagged with a VLAN.",
                "module.network.vlan-enabled"),
        setting(10, "lnbCardConfigVlanId", unsigned32(0, 4094), "VLAN.", "module.network.vlan-id"),
        setting(11, "lnbCardConfigVlanPriority", unsigned32(0, 7), "VLAN priority.", "module.network.vlan-priority"),
        *described_setting(12, "lnbCardConfigIpv6Mode", IPV6_MODE, "How the IPv6 address is had.",
                           "module.network.ipv6-mode"),
        setting(14, "lnbCardConfigIpv6Address", TEXT, "IPv6 address.", "module.network.ipv6-address", form=IPV6),
        setting(15, "lnbCardConfigDscp", unsigned32(0, 63), "DSCP of the packets sent.", "module.network.dscp"),
        setting(16, "lnbCardConfigDisableSsh", TRUTH, "Whether SSH is disabled.", "module.network.disable-ssh"),
        *described_setting(17, "lnbCardConfigSyncEOption", SDH, "SDH option of synchronous Ethernet.",
                           "module.sync-e.sdh-option"),
        setting(19, "lnbCardConfigSyncESelection", TEXT, "How the quality level is selected.",
                "module.sync-e.quality-level-selection", form=LINE),
        *described_setting(20, "lnbCardConfigSyncECopper", COPPER, "Clock role of a copper gigabit link.",
                           "module.sync-e.gbit-copper-mode"),
        *described_setting(22, "lnbCardConfigNtpMode", OP_MODE, "What the card serves.",
                           "module.ntp-service.op-mode"),
        setting(24, "lnbCardConfigNtpHardware", TRUTH, "Whether NTP requests are answered in hardware.",
                "module.ntp-service.hardware.enabled"),
        setting(25, "lnbCardConfigNtpd", TRUTH, "Whether NTPD is to run.", "module.ntp-service.ntpd.enabled"),
    ),
    rows=(CARDS,),
    when=_has("network", "sync-e", "ntp-service"),
)  # fmt: skip


def _switch(arc: int, name: str, what: str, path: str) -> tuple[Column, ...]:
    """One change of the local time; the members of `dst-off` named name and hour are captured."""
    places = member(RECEIVERS, f"timezone.{path}")

    def part(place: int, suffix: str, low: int, high: int, meaning: str, name_of: str, units: str = "") -> Column:
        paths = tuple(f"{one}.{name_of}" for one in places)
        return setting(arc + place, f"lnbClockConfig{name}{suffix}", integer32(low, high), f"{meaning} {what}.",
                       *paths, units=units)  # fmt: skip

    return (
        setting(arc, f"lnbClockConfig{name}Name", TEXT, f"Name of the time zone {what}.",
                *(f"{one}.name" for one in places), form=LINE),
        part(1, "Offset", -86_400, 86_400, "Offset from UTC of the local time", "utc-offset", "seconds"),
        part(2, "Year", 0, 9999, "Year, 0 for every year, of the change to the time", "year"),
        part(3, "Month", 0, 12, "Month of the change to the time", "month"),
        part(4, "Day", 0, 31, "Day of the month of the change to the time", "mday"),
        part(5, "Weekday", 0, 6, "Day of the week, 0 for Sunday, of the change to the time", "wday"),
        part(6, "Hour", 0, 23, "Hour of the change to the time", "hour"),
        part(7, "Minute", 0, 59, "Minute of the change to the time", "min"),
        part(8, "Second", 0, 60, "Second of the change to the time", "sec"),
    )  # fmt: skip


CLOCK = Table(
    2,
    "lnbClockConfigTable",
    "Time zone and outputs of clock cards, as configured. The object of the time zone is captured with name and hour; "
    "its other members, and the rest, are inferred.",
    "One clock card, by its slot.",
    (DEVICE, SLOT),
    (
        *_switch(1, "Standard", "without daylight saving", "dst-off"),
        *_switch(11, "Daylight", "with daylight saving", "dst-on"),
        *described_setting(21, "lnbClockConfigSerial", PULSES, "When the serial output is on.",
                           "module.enable-flags.serial", form=PULSE_WORDS),
        *described_setting(23, "lnbClockConfigPulse", PULSES, "When pulses are put out.",
                           "module.enable-flags.pulse", form=PULSE_WORDS),
        *described_setting(25, "lnbClockConfigFrequency", PULSES, "When frequencies are put out.",
                           "module.enable-flags.frequency", form=PULSE_WORDS),
        *described_setting(27, "lnbClockConfigSynth", PULSES, "When the synthesizer is on.",
                           "module.enable-flags.synth", form=PULSE_WORDS),
    ),
    rows=(CARDS,),
    when=_has(*RECEIVERS, "enable-flags"),
)  # fmt: skip

REFERENCE = Table(
    3,
    "lnbRefConfigTable",
    "Reference sources of clock cards by priority, as configured (paths inferred).",
    "One source of one clock card.",
    (DEVICE, SLOT, named("lnbMrsIndex", "mrs")),
    (
        *described_setting(1, "lnbRefConfigType", REFERENCE_TYPE, "Kind of source.", "settings.id.type",
                           form=REFERENCE_WORDS),
        setting(3, "lnbRefConfigInstance", UNSIGNED32, "Which of several sources of the kind.",
                "settings.id.instance"),
        setting(4, "lnbRefConfigBias", TEXT, "Fixed offset of the source, as the device writes it (no unit is "
                "stated).", "settings.bias", form=LINE),
        setting(5, "lnbRefConfigPrecision", TEXT, "Precision of the source, as the device writes it (no unit is "
                "stated).", "settings.precision", form=LINE),
    ),
    rows=(f"{CARDS}.module.mrs[]",),
)  # fmt: skip

NETWORK = Table(
    4,
    "lnbNetConfigTable",
    "Network of each device in general, as configured (paths inferred). Who changes it may lose the device.",
    "One device.",
    (DEVICE,),
    (
        setting(1, "lnbNetConfigHostName", TEXT, "Host name.", "hostname", form=HOST),
        setting(2, "lnbNetConfigDomain", TEXT, "Domain name.", "domain", form=HOST),
        setting(3, "lnbNetConfigGateway4", TEXT, "Default gateway, IPv4.", "default-gateway-ipv4", form=IPV4),
        setting(4, "lnbNetConfigGateway6", TEXT, "Default gateway, IPv6.", "default-gateway-ipv6", form=IPV6),
        setting(5, "lnbNetConfigNameServer1", TEXT, "First name server.", "nameservers[0].address", form=IP),
        setting(6, "lnbNetConfigNameServer2", TEXT, "Second name server.", "nameservers[1].address", form=IP),
    ),
    rows=("configuration.network.general",),
)  # fmt: skip

PORTS = Table(
    5,
    "lnbPortConfigTable",
    "LAN ports of each device, as configured (paths inferred).",
    "One LAN port.",
    (DEVICE, PORT),
    (
        setting(1, "lnbPortConfigEnabled", TRUTH, "Whether the port is enabled.", "enabled"),
        setting(2, "lnbPortConfigSpeed", TEXT, "Speed and duplex mode, as the device names them (auto).", "speed",
                form=LINE),
        setting(3, "lnbPortConfigBonding", TEXT, "Bond the port belongs to, as the device names it.", "bonding",
                form=LINE),
    ),
    rows=("configuration.network.ports[]",),
)  # fmt: skip

INTERFACES = Table(
    6,
    "lnbInterfaceConfigTable",
    "Network interfaces of each device, as configured (paths inferred).",
    "One network interface.",
    (DEVICE, INTERFACE),
    (
        setting(1, "lnbInterfaceConfigName", TEXT, "Name of the interface.", "ifname", form=LINE),
        setting(2, "lnbInterfaceConfigVlan", TRUTH, "Whether packets are tagged with a VLAN.", "vlan"),
        setting(3, "lnbInterfaceConfigVlanId", unsigned32(0, 4094), "VLAN.", "vlan-id"),
    ),
    rows=("configuration.network.interfaces[]",),
)  # fmt: skip

ADDRESSES = Table(
    7,
    "lnbAddressConfigTable",
    "Addresses of the network interfaces, as configured (paths inferred). Who changes the address that the agent asks "
    "loses the device.",
    "One address of an interface.",
    (DEVICE, INTERFACE, ADDRESS),
    (
        *described_setting(1, "lnbAddressConfigOrigin", ADDRESS_ORIGIN, "Where the address comes from.", "iftype"),
        *described_setting(3, "lnbAddressConfigFamily", ADDRESS_FAMILY, "Family of the address.", "addresstype"),
        setting(5, "lnbAddressConfigIp", TEXT, "The IP address.", "address", form=IP),
        setting(6, "lnbAddressConfigSubnet", TEXT, "Network mask.", "subnet", form=NETMASK),
    ),
    rows=("configuration.network.interfaces[].addresses[]",),
)  # fmt: skip

NTP = Table(
    8,
    "lnbNtpConfigTable",
    "NTP of each device, as configured (paths inferred).",
    "One device.",
    (DEVICE,),
    (
        setting(1, "lnbNtpConfigLocalStratum", unsigned32(0, 15), "Stratum of the local clock.",
                "local-clock-stratum"),
        setting(2, "lnbNtpConfigTrustedTime", TRUTH, "Whether the time is trusted at start.", "trusted-time"),
        setting(3, "lnbNtpConfigAuthentication", TRUTH, "Whether NTP authenticates.", "authentication.enabled"),
        setting(4, "lnbNtpConfigBroadcast", TRUTH, "Whether NTP broadcasts.", "broadcast.enabled"),
    ),
    rows=("configuration.ntp",),
)  # fmt: skip

NTP_SERVERS = Table(
    9,
    "lnbNtpServerConfigTable",
    "NTP servers that each device asks, as configured (paths inferred).",
    "One NTP server.",
    (DEVICE, named("lnbNtpServerConfigIndex", "ntpserver")),
    (
        Column(1, "lnbNtpServerConfigIndex", INDEX, "Number of the server.", access=Access.NOT_ACCESSIBLE),
        Column(2, "lnbNtpServerConfigName", TEXT, "Name of the server in the list.", value=lambda row: row.keys[-1]),
        setting(3, "lnbNtpServerConfigAddress", TEXT, "Address of the server.", "address", form=HOST),
        setting(4, "lnbNtpServerConfigMinPoll", integer32(3, 17), "Shortest interval of polls.", "minpoll",
                units="log2 seconds"),
        setting(5, "lnbNtpServerConfigMaxPoll", integer32(3, 17), "Longest interval of polls.", "maxpoll",
                units="log2 seconds"),
        setting(6, "lnbNtpServerConfigIburst", TRUTH, "Whether polls begin with a burst.", "iburst"),
    ),
    rows=("configuration.ntp.servers[]",),
)  # fmt: skip

NOTIFY = Table(
    10,
    "lnbEventConfigTable",
    "What each device does when a notification event occurs, as configured (paths inferred).",
    "One notification event.",
    (DEVICE, EVENT),
    (
        setting(1, "lnbEventConfigEmail", TRUTH, "Whether an e-mail is sent.", "actions.email"),
        setting(2, "lnbEventConfigSnmp", TRUTH, "Whether the device sends an SNMP trap of its own.", "actions.snmp"),
        setting(3, "lnbEventConfigDisplay", TRUTH, "Whether it is shown on the display.", "actions.display"),
        setting(4, "lnbEventConfigSyslog", TRUTH, "Whether it is written to syslog.", "actions.syslog"),
        setting(5, "lnbEventConfigRelay", TRUTH, "Whether the relay is switched.", "actions.relay"),
        setting(6, "lnbEventConfigLed", TRUTH, "Whether the lamp is switched.", "actions.led"),
    ),
    rows=("configuration.notification.events[]",),
)  # fmt: skip

SERVICES = Table(
    11,
    "lnbServiceConfigTable",
    "Services of each device, as configured (paths inferred). Who disables https, or http, loses the device.",
    "One service.",
    (DEVICE, SERVICE),
    (setting(1, "lnbServiceConfigEnabled", TRUTH, "Whether the service is enabled.", "enabled"),),
    rows=("configuration.services[][]",),
)

SYSTEM = Table(
    12,
    "lnbSystemConfigTable",
    "System of each device, as configured (paths inferred). Whether its REST API is enabled is not among it: without "
    "the API nothing could enable it again.",
    "One device.",
    (DEVICE,),
    (
        setting(1, "lnbSystemConfigHostName", TEXT, "Host name.", "hostname", form=HOST),
        setting(2, "lnbSystemConfigDomain", TEXT, "Domain name.", "domain", form=HOST),
        setting(3, "lnbSystemConfigLocation", TEXT, "Where the device is.", "location", form=LINE),
        setting(4, "lnbSystemConfigContact", TEXT, "Who looks after it.", "contact", form=LINE),
        setting(5, "lnbSystemConfigTimeZone", TEXT, "Time zone of its displays.", "timezone", form=LINE),
    ),
    rows=("configuration.system",),
)  # fmt: skip

GROUP = Group(
    23,
    "lnbSettings",
    "What is configured in the devices, and may be written.",
    (CARD, CLOCK, REFERENCE, NETWORK, PORTS, INTERFACES, ADDRESSES, NTP, NTP_SERVERS, NOTIFY, SERVICES, SYSTEM),
)
