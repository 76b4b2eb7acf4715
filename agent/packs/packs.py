"""All packs by name, and what is in their folders."""

from __future__ import annotations

from collections.abc import Mapping

from agent.errors import UsageError
from agent.mib.declaration import Module
from agent.packs import librenms, nagios, opennms, prometheus, snmptrapd, snmptt, telegraf, zabbix
from agent.packs.pack import Pack, source_of

PACKS: Mapping[str, Pack] = {
    one.name: one
    for one in (
        snmptrapd.PACK, snmptt.PACK, prometheus.PACK, zabbix.PACK, librenms.PACK, opennms.PACK, nagios.PACK,
        telegraf.PACK,
    )
}  # fmt: skip


def files_of(module: Module, name: str = "") -> dict[str, str]:
    """The files of a pack, or of all, by path below the folder of the packs.

    Raises:
        UsageError: there is no such pack.
        DeclarationError: an object that packs show is not declared.
    """
    if name and name not in PACKS:
        raise UsageError(f"no pack {name!r}; there are {', '.join(PACKS)}")
    source = source_of(module)
    chosen = [PACKS[name]] if name else [*PACKS.values()]
    return {f"{one.name}/{path}": text for one in chosen for path, text in one.make(source).items()}
