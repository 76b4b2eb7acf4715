"""Telegraf: an inputs.snmp with a table for each view, and a processor that names the labels of states."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from agent.packs.pack import Pack, Source, at
from agent.packs.selection import SCALARS, View

README = """# Telegraf

**Set**: copy `lantime.conf` to `/etc/telegraf/telegraf.d`, put in address and community. OIDs stand in digits, so no
MIB is needed. For SNMPv3: `version = 3`, `sec_name`, `sec_level`, `auth_protocol`, `auth_password`, `priv_protocol`,
`priv_password`; `context_name` for one device alone. Before Telegraf 1.35
`fields = [x]` of the processor was `field = x`.

**See** (`telegraf --test --config lantime.conf`): a measurement for each view, tagged by name, with the number of each
state and its label beside it:

    lantime_ptp,index=1.1,lnbPtpSlotId=io1,lnbPtpName=instance0 lnbPtpOffset=-12i,lnbPtpPortState=6i,…
    lantime_device,index=1,lnbDeviceName=lts1 lnbDeviceState=3i,lnbDeviceState_label="up",…
"""

HEAD = """# {module} for Telegraf; printed by `lantime-agent pack telegraf`.
[[inputs.snmp]]
  agents = ["udp://agent.example.net:161"]
  version = 2
  community = "public"
  interval = "60s"
  timeout = "5s"
  max_repetitions = 50
  name = "lantime_agent"
"""


def make(source: Source) -> Mapping[str, str]:
    """The files."""
    parts = [HEAD.format(module=source.module.name)]
    parts += [_field(name, source.oid(name, 0), "  [[inputs.snmp.field]]") for name in SCALARS]
    parts += [_table(view) for view in source.views]
    parts += [*_labels(source)]
    return {"README.md": README, "lantime.conf": "\n".join(parts)}


def _table(view: View) -> str:
    head = f'  [[inputs.snmp.table]]\n    name = "lantime_{view.name.replace("-", "_")}"\n    index_as_tag = true\n'
    kind = "    [[inputs.snmp.table.field]]"
    tags = [_field(one.column.name, at(one.oid), kind, is_tag=True) for one in view.labels]
    return "\n".join([head, *tags, *(_field(one.column.name, at(one.oid), kind) for one in view.columns)])


def _field(name: str, oid: str, kind: str, *, is_tag: bool = False) -> str:
    inner = " " * (len(kind) - len(kind.lstrip()) + 2)
    tag = f"{inner}is_tag = true\n" if is_tag else ""
    return f'{kind}\n{inner}name = "{name}"\n{inner}oid = "{oid}"\n{tag}'


def _labels(source: Source) -> Iterator[str]:
    names = [one.column for view in source.views for one in view.columns if one.column.syntax.labels]
    yield '[[processors.enum]]\n  namepass = ["lantime_*"]\n'
    for column in names:
        labels = sorted(column.syntax.labels.items(), key=lambda item: item[1])
        yield (
            f'  [[processors.enum.mapping]]\n    fields = ["{column.name}"]\n    dest = "{column.name}_label"\n'
            "    [processors.enum.mapping.value_mappings]\n"
            + "".join(f'      "{number}" = {json.dumps(label)}\n' for label, number in labels)
        )


PACK = Pack(
    "telegraf", "Telegraf 1.35 and newer (inputs.snmp)", "measurements tagged by name, labels beside numbers", make
)
