"""snmptt: an EVENT for each notification, by severity, and one for its clear."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from agent.mib.declaration import Module, Notification
from agent.mib.syntax import TRUTH
from agent.model.alarm.kind import AlarmType
from agent.model.severity import Severity
from agent.packs.notices import SEVERITIES, of_agent, of_alarms, place
from agent.packs.pack import Pack, Source, at

CATEGORY = "LANTIME"
CLEAR = "Normal"
"""Severity of an event that says that an alarm is over, and of those about the agent."""

README = """# snmptt

**Set**: copy `snmptt.conf.lantime` to `/etc/snmp`, name it in `snmptt.ini` below `snmptt_conf_files`, have snmptrapd
call snmptt (`traphandle default /usr/sbin/snmptt`, `authCommunity log,execute public`) and start snmptrapd with `-On`:
snmptt goes by numbers. Name the host as a receiver in the agent's configuration.

**See**: a line for each notification, its severity that of the alarm as the agent is configured (the severity of the
type unless an operator changed it), and `Normal` when the alarm is over:

    … .5597.0.9 Major "LANTIME" noc - lts1: Clock is not synchronised, notSynchronized (clk1)
    … .5597.0.9 Normal "LANTIME" noc - lts1: cleared: Clock is not synchronised, synchronized (clk1)

EXEC lines are yours to add; `$4` is the severity, `$5` whether it is over, `$12` the device.
"""


def make(source: Source) -> Mapping[str, str]:
    """The files."""
    module = source.module
    blocks = [*(block for one, kind in of_alarms(module) for block in _of_alarm(module, one, kind))]
    blocks += [_of_agent(module, one) for one in of_agent(module)]
    head = f"# Events of {module.name} for snmptt, below {source.root}.0; printed by `lantime-agent pack snmptt`.\n"
    return {"README.md": README, "snmptt.conf.lantime": "\n".join([head, *blocks])}


def _of_alarm(module: Module, notification: Notification, kind: AlarmType) -> Iterator[str]:
    oid = at(module.notification_oid(notification))
    device, resource, text, value, severity, cleared = (
        place(f"lnbAlarm{name}") for name in ("DeviceName", "ResourceText", "Text", "Value", "Severity", "Cleared")
    )
    is_clear = f"(^({TRUTH.labels['true']}|true))"
    described = f"SDESC\n{kind.text}.\nCause: {kind.cause}\nRemedy: {kind.remedy}\nEDESC\n"
    # The type's own severity first; the others stand for what an operator configures, or the case decides.
    for one in sorted(SEVERITIES, key=lambda one: one is not kind.severity):
        yield (
            f'EVENT {notification.name} {oid} "{CATEGORY}" {_word(one)}\n'
            f"FORMAT ${device}: ${text}, ${value} (${resource})\n"
            "MATCH MODE=and\n"
            f"MATCH ${severity}: (^({one:d}|{one.name.lower()}))\n"
            f"MATCH ${cleared}: !{is_clear}\n"
            f"{described}"
        )
        described = ""
    yield (
        f'EVENT {notification.name}Cleared {oid} "{CATEGORY}" {CLEAR}\n'
        f"FORMAT ${device}: cleared: ${text}, ${value} (${resource})\n"
        f"MATCH ${cleared}: {is_clear}\n"
    )


def _word(severity: Severity) -> str:
    return severity.name.capitalize()


def _of_agent(module: Module, notification: Notification) -> str:
    carried = ", ".join(f"{name} ${number}" for number, name in enumerate(notification.objects, 1))
    return (
        f'EVENT {notification.name} {at(module.notification_oid(notification))} "{CATEGORY}" {CLEAR}\n'
        f"FORMAT {notification.name}: {carried}\n"
        f"SDESC\n{notification.description}\nEDESC\n"
    )


PACK = Pack("snmptt", "snmptt 1.5", "an event for each notification with the alarm's severity, and for its end", make)
