"""snmptrapd of net-snmp: its configuration, and a handler that writes one line per alarm."""

from __future__ import annotations

from collections.abc import Mapping

from agent.mib.module import NAME
from agent.mib.syntax import TRUTH
from agent.packs.notices import SEVERITIES, of_alarms
from agent.packs.pack import Pack, Source, at

CONFIGURATION = r"""# snmptrapd.conf for notifications of lantime-agent; printed by `lantime-agent pack snmptrapd`.
# snmptrapd -f -Lo -n -OQ -C -c snmptrapd.conf -M +/path/to/mibs -m +{module}
authCommunity log,execute public
doNotRetainNotificationLogs yes

# SNMPv3, here for informs; traps need a second createUser with -e 0x and the agent's snmpEngineID.0.
# createUser noc SHA-256 "a long passphrase" AES "another passphrase"
# authUser log,execute noc

# date, time, sender; then lnbAlarmSeverity = major, lnbAlarmResourceText = ..., lnbAlarmText = ...
format1 %V\n    %04.4y-%02.2m-%02.2l %02.2h:%02.2j:%02.2k %a %N %w.%q\n    %v\n
format2 %V\n    %04.4y-%02.2m-%02.2l %02.2h:%02.2j:%02.2k %b\n    %v\n

# One line for each notification about an alarm, by the handler beside this file.
{handlers}
"""

HANDLER = r"""#!/bin/sh
# Called by snmptrapd (traphandle): host and address, then a name and a value per line (with -OQ an = between).
# Appends one line per alarm to the file that is named as argument: time, severity (cleared when it is over), device,
# resource, type, text, value.
read -r _host
read -r _address
while read -r name value; do
    value=${{value#=}}
    value=${{value# }}
    value=${{value#\"}}
    value=${{value%\"}}
    case "$name" in
{cases}
    esac
done
case "$severity" in
{severities}
esac
case "$cleared" in {true}*|true*) severity=cleared ;; esac
printf '%s %s %s %s %s: %s (%s)\n' "$(date +%Y-%m-%dT%H:%M:%S)" "$severity" "${{device:-agent}}" "${{resource:--}}" \
    "$type" "$text" "$shown" >>"${{1:-/var/log/lantime-alarms}}"
"""

TAKEN = {
    "severity": "lnbAlarmSeverity", "cleared": "lnbAlarmCleared", "device": "lnbAlarmDeviceName",
    "resource": "lnbAlarmResourceText", "type": "lnbAlarmType", "text": "lnbAlarmText", "shown": "lnbAlarmValue",
}  # fmt: skip
"""Variable of the handler: the object it holds."""

README = """# snmptrapd

**Set**: copy `snmptrapd.conf` and `lantime-trap` to `/etc/snmp`, replace the community, start snmptrapd with the folder
of this project's MIB and with `-OQ`, as the first comment of `snmptrapd.conf` says. In the agent's configuration name
it as a receiver: `notifications: {receivers: [{name: noc, address: "noc:162", community: public, kind: inform}]}`.

**See**: each notification as a block of lines `object = value`, names and labels resolved; and in
`/var/log/lantime-alarms` one line for each alarm raised, changed, repeated or cleared:

    2026-11-27T10:00:00 major lts1 clk1 clockNotSynchronized: Clock is not synchronised (notSynchronized)

To see something at once: `snmpset … lnbAlarmTest.0 s hello` sends `lnbTest` to every receiver.
"""


def make(source: Source) -> Mapping[str, str]:
    """The files."""
    module = source.module
    handlers = "\n".join(
        f"traphandle {at(module.notification_oid(one))} /bin/sh /etc/snmp/lantime-trap /var/log/lantime-alarms"
        for one, _ in of_alarms(module)
    )
    # Names are printed in full, short or as digits, as snmptrapd was started.
    cases = "\n".join(
        f"        {name}.*|*::{name}.*|{source.oid(name)}.*) {variable}=$value ;;" for variable, name in TAKEN.items()
    )
    severities = "\n".join(f"    {one:d}|{one.name.lower()}*) severity={one.name.lower()} ;;" for one in SEVERITIES)
    return {
        "README.md": README,
        "lantime-trap": HANDLER.format(cases=cases, severities=severities, true=TRUTH.labels["true"]),
        "snmptrapd.conf": CONFIGURATION.format(module=NAME, handlers=handlers),
    }


PACK = Pack("snmptrapd", "snmptrapd (net-snmp 5.9)", "notifications in lines with names, alarms one a line", make)
