"""Transactions over the devices' configuration; these alarms follow from events, not from polls."""

from __future__ import annotations

from agent.model.alarm.kind import AlarmType, Source
from agent.model.severity import Severity

TRANSACTION_ROLLED_BACK = AlarmType(
    45, "configRolledBack", Severity.MINOR,
    text="A configuration transaction was rolled back",
    cause="A write of the transaction failed, it was not confirmed in time, or the agent ended while it was carried "
    "out. The text says why; what had been written was given its old value again, as far as no alarm of type "
    "configRollbackIncomplete says otherwise.",
    remedy="Read the transaction and its edits in lnbConfigTxnTable and lnbConfigEditTable, and begin it anew when its "
    "cause is gone.",
    source=Source.EVENTS, once=True, clear_after_s=3600,
)  # fmt: skip
ROLLBACK_INCOMPLETE = AlarmType(
    46, "configRollbackIncomplete", Severity.MAJOR,
    text="A value could not be given back what it was before a configuration transaction",
    cause="The device did not answer or refused while a transaction was rolled back, or somebody else had changed the "
    "value meanwhile. The text names the value, what it was and what it is.",
    remedy="The rollback is tried again by itself while the device does not answer. Otherwise set the value by hand, "
    "or cancel the transaction to try it again; discarding the transaction ends the alarm and leaves the value.",
    source=Source.EVENTS,
)  # fmt: skip

TYPES = (TRANSACTION_ROLLED_BACK, ROLLBACK_INCOMPLETE)
