"""Nagios and Icinga: commands and services with check_snmp of the monitoring plugins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agent.errors import DeclarationError
from agent.mib.declaration import Table
from agent.packs.pack import Pack, Source
from agent.packs.selection import title
from agent.packs.states import JUDGED, Verdict, judged

README = """# Nagios and Icinga

**Set**: `lantime.cfg` goes into Nagios's configuration (cfg_file), `lantime.conf` into Icinga 2's `conf.d`. Both use
Debian's `check_snmp` (monitoring-plugins-standard). Give the host of the agent its port and community; where a service
is about one device, slot or receiver, give the index of its row, as `snmpwalk … lnbDeviceName` shows it.

**See**: OK, WARNING or CRITICAL by the state's label, or by the number of active alarms:

    SNMP OK - Device state 3 | 'Device state'=3;3:3;@5:5
    SNMP CRITICAL - Alarm active critical *1* | 'Alarm active critical'=1;;0:0

A row that is gone is UNKNOWN; so is a measured value of a device that is down.
"""

NAGIOS_COMMAND = """define command {{
    command_name  check_lantime_{name}
    command_line  $USER1$/check_snmp -H '$HOSTADDRESS$' -p '$_HOSTSNMP_PORT$' -P 2c -C '$_HOSTSNMP_COMMUNITY$' \
-o {oid} {limits} -l '{label}'
}}
"""
NAGIOS_HOST = """# {module} for Nagios; printed by `lantime-agent pack nagios`.
define host {{
    use               generic-host
    host_name         lantime-agent
    address           127.0.0.1
    _SNMP_PORT        161
    _SNMP_COMMUNITY   public
}}
"""
NAGIOS_SERVICE = """define service {{
    use                  generic-service
    host_name            lantime-agent
    service_description  {label}{row}
    check_command        check_lantime_{name}{argument}
}}
"""

ICINGA_HOST = """// {module} for Icinga 2; printed by `lantime-agent pack nagios`.
object Host "lantime-agent" {{
  import "generic-host"
  address = "127.0.0.1"
  vars.lantime = true
  vars.snmp_port = 161
  vars.snmp_community = "public"
  vars.snmp_version = "2c"
}}
"""
ICINGA_SERVICE = """apply Service "lantime-{name}{row}" {{
  import "generic-service"
  check_command = "snmp"
  vars.snmp_oid = "{oid}"
{limits}
  vars.snmp_label = "{label}{row}"
  assign where host.vars.lantime
}}
"""


@dataclass(frozen=True, slots=True)
class Check:
    """One object that is checked.

    Attributes:
        warning: range of check_snmp that is no warning, or one behind @ that is; `critical` likewise.
        row: index of the row in the examples; empty for a scalar.
    """

    name: str
    warning: str
    critical: str
    row: str = ""


ROWS = {
    "lnbDeviceState": "1", "lnbDeviceCredentialState": "1", "lnbSyncClockState": "1", "lnbSyncAntenna": "1",
    "lnbSlotState": "1.1", "lnbModuleState": "1.1", "lnbClockState": "1.1", "lnbPtpPresence": "1.1",
    "lnbReceiverState": "1",
}  # fmt: skip
"""States that are checked, with the row of the example."""
NONE = "0:0"
COUNTS = (
    Check("lnbAlarmActiveCritical", "", NONE),
    Check("lnbAlarmActiveMajor", "", NONE),
    Check("lnbAlarmActiveMinor", NONE, ""),
    Check("lnbAlarmActiveWarning", NONE, ""),
    Check("lnbAgentDevicesDown", "", NONE),
    Check("lnbAgentDevicesStale", NONE, ""),
)
"""Numbers that should be 0."""


def make(source: Source) -> Mapping[str, str]:
    """The files."""
    checks = [*COUNTS, *(_of_state(source, name, row) for name, row in ROWS.items())]
    name = source.module.name
    nagios = [NAGIOS_HOST.format(module=name), *(_nagios(source, one) for one in checks)]
    icinga = [ICINGA_HOST.format(module=name), *(_icinga(source, one) for one in checks)]
    return {"README.md": README, "lantime.cfg": "\n".join(nagios), "lantime.conf": "\n".join(icinga)}


def _of_state(source: Source, name: str, row: str) -> Check:
    depth = row.count(".") + 1
    part = source.module.objects[name].part
    if not isinstance(part, Table) or len(part.index) != depth:
        raise DeclarationError(f"packs: {name} is not indexed by {depth} numbers")
    verdicts, labels = judged(source.module, name), source.module.objects[name].column.syntax.labels
    numbers = {verdict: [labels[label] for label in verdicts if verdicts[label] is verdict] for verdict in Verdict}
    good = _range(numbers[Verdict.OK]) or f"@{_range(numbers[Verdict.WARNING])}"
    bad = _range(numbers[Verdict.CRITICAL])
    if good == "@" or not bad:
        raise DeclarationError(f"packs: {name} cannot be checked by ranges, {JUDGED[name]}")
    return Check(name, good, f"@{bad}", row)


def _range(numbers: list[int]) -> str:
    """From the first to the last; empty when some between are missing."""
    whole = numbers and [*range(numbers[0], numbers[-1] + 1)] == numbers
    return f"{numbers[0]}:{numbers[-1]}" if whole else ""


def _label(source: Source, check: Check) -> str:
    return title(source.module.objects[check.name].column)


def _nagios(source: Source, check: Check) -> str:
    label = _label(source, check)
    name = label.lower().replace(" ", "_")
    oid = f"{source.oid(check.name)}.$ARG1$" if check.row else source.oid(check.name, 0)
    shown, argument = (f" {check.row}", f"!{check.row}") if check.row else ("", "")
    limits = " ".join(f"{option} {value}" for option, value in (("-w", check.warning), ("-c", check.critical)) if value)
    return "\n".join(
        [
            NAGIOS_COMMAND.format(name=name, oid=oid, limits=limits, label=label),
            NAGIOS_SERVICE.format(name=name, label=label, row=shown, argument=argument),
        ]
    )


def _icinga(source: Source, check: Check) -> str:
    label = _label(source, check)
    oid = f"{source.oid(check.name)}.{check.row or 0}"
    return ICINGA_SERVICE.format(
        name=label.lower().replace(" ", "-"), row=f" {check.row}" if check.row else "", oid=oid, label=label,
        limits="\n".join(_limits(check)),
    )  # fmt: skip


def _limits(check: Check) -> Iterator[str]:
    if check.warning:
        yield f'  vars.snmp_warn = "{check.warning}"'
    if check.critical:
        yield f'  vars.snmp_crit = "{check.critical}"'


PACK = Pack("nagios", "Nagios, Icinga 2 (check_snmp 2.3)", "checks of alarms, devices, clocks, slots, receivers", make)
