"""The words that members' names and values are made of, and those that belong to the device and to nobody.

A name is taken apart at hyphens, points and humps, so that "serialNumber" and "serial-number" are the same.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from agent.model.reading import NOTHING

Names = tuple[str, ...]
"""Names of the members that lead to a leaf; a list's elements have the list's name."""


def word_set(words: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(words.split())


_UNSET: Final = NOTHING | {
    "unknown", "default", "auto", "any", "all", "on", "off", "true", "false", "yes", "no", "enabled", "disabled",
    "static", "dhcp", "dhcpv6", "slaac", "localhost", "localhost.localdomain", "localdomain", "local",
}  # fmt: skip
"""Values (lower case) that name nobody."""

DEVICE_WORDS: Final = word_set("""
    action active address alarm alert annex announced antenna api arbitrary authentication auto available backup
    bad bond boundary bpe bridge broadcast candidate card chassis cli client clients clk clock cluster code common
    config configuration connected console cpe cpu critical daemon data date dcf default delay device direct
    disabled dns domain down e2e enabled error esi eth event external failure fan fault fdm file firmware fixed
    frequency front full fw galileo gateway general global glonass gnm gns gnss good gps grandmaster green group
    hardware high holdover host hps http https ieee image info input instance instances int interface internal
    internet invalid io ip ipv irig lan lantime leap led level light link list liu lno local localhost log low
    main manager manual master meinberg mhz mode model module monitor mri mrs multicast name net network no node
    none normal not notification ntp ntpd offline offset ok on online operation option ordinary oscillator output
    overlay p2p packet passive path peer permanent pio pool port position power pps primary priority private
    profile protocol psu ptp public pulse pwr pzf quality rack raw read receiver red redacted ref refclock
    reference rel relay remote rest role root router rsc rubidium running satellite scg scu secondary security
    selected sensor serial server servers service services shm signal site slave slot slots snmp software source
    ssh standard standby state static station status storage stratum string switch sync synchronized syncmon
    syncteam syslog system target tcr telecom temperature test time timeserver timestamper type udp unicast unit
    unknown untitled up update user users utc valid version vif virtual vlan vsg vsi warning web write xhe yellow
    zone
    """)
"""Words of the device's own language: a host name or alias made of them alone names nobody. It is replaced where it
stands, but not wherever the same word occurs: that would take the document apart."""


@cache
def words_of(name: str) -> Names:
    """The words of a name, in lower case."""
    return tuple(word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z0-9]+", name)) or (name.lower(),)


def is_special(text: str) -> bool:
    """Whether a text says that there is nothing to say."""
    core = text.strip().lower()
    return core in _UNSET or not any(character.isalnum() and character != "0" for character in core)
