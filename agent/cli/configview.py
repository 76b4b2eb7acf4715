"""Transactions for people: the difference in colours, and how each device gets on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.text import Text

from agent.cli.configclient import named

_STYLES = {"committed": "green", "pendingConfirm": "yellow", "valid": "green", "rolledBack": "red", "incomplete": "red"}
DONE = frozenset({"written", "unchanged", "restored", "leftAlone", "notRestored", "refused", "unreachable"})


def shown(value: Any) -> str:
    """A value of a device's configuration."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)


def changes_in(found: Mapping[str, Any]) -> int:
    """How many values would become others."""
    return sum(edit["state"] != "unchanged" for edit in found["edits"])


def print_difference(console: Console, found: Mapping[str, Any]) -> None:
    """What would change, device by device, in the order of applying."""
    for device, edits in named(found["edits"]).items():
        console.print(Text(device, "bold"), soft_wrap=True)
        for edit in edits:
            if edit["state"] == "unchanged":
                continue
            console.print(Text(f"  {edit['object']}"), Text(f"({edit['path']})", "dim"), soft_wrap=True)
            if "old" in edit:
                console.print(Text(f"    - {shown(edit['old'])}", "red"), soft_wrap=True)
            console.print(Text(f"    + {shown(edit.get('wanted', edit['value']))}", "green"), soft_wrap=True)
            if edit["state"] == "invalid":
                console.print(Text(f"    ! {edit['text']}", "bold red"), soft_wrap=True)
    same = len(found["edits"]) - changes_in(found)
    if same:
        console.print(Text(f"{counted(same, 'value')} as wanted already", "dim"), soft_wrap=True)


def print_outcome(console: Console, found: Mapping[str, Any]) -> None:
    """What a transaction came to; every difference by name."""
    style = _STYLES.get(found["state"], "red")
    console.print(Text(f"transaction {found['transaction']} is {found['state']}", style), soft_wrap=True)
    _print_texts(console, found)
    if found["state"] == "incomplete":
        number = found["transaction"]
        text = f"what a device kept from being restored is tried again; `lantime-agent config cancel {number}` tries "
        text += f"at once, `lantime-agent config discard {number}` leaves it as it is"
        console.print(Text(f"  {text}"), soft_wrap=True)


def print_transactions(console: Console, rows: list[dict[str, Any]]) -> None:
    """A line for each transaction, and lines for what is to be said of it; nothing is cut off."""
    for row in rows:
        errors = f", {row['errors']} with errors" if row["errors"] else ""
        edits = f"{counted(len(row['edits']), 'edit')}{errors}"
        line = f"{row['transaction']}  {row['state']}  {_second(row['changed'])}  {row['owner']}  {edits}"
        console.print(Text(line, _STYLES.get(row["state"], "")), soft_wrap=True)
        _print_texts(console, row)


def print_history(console: Console, rows: list[dict[str, Any]]) -> None:
    """A line for each history entry, and one for its reason; the oldest first."""
    for row in reversed(rows):
        who = row["user"] + (f"@{row['address']}" if row["address"] else "")
        who += f" ({row['context']})" if row["context"] else ""
        cause = f"transaction {row['transaction']}" if row["transaction"] else f"message {row['message']}"
        change = f"{row['device']} {row['object']}: {row['old']} -> {row['new']}"
        line = f"{row['index']}  {_second(row['time'])}  {who}  {change}  {row['result']}, {cause}"
        console.print(Text(line), soft_wrap=True)
        if row["text"]:
            console.print(Text(f"  {row['text']}"), soft_wrap=True)


def counted(number: int, noun: str) -> str:
    """1 value, 2 values."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _second(moment: str) -> str:
    """A moment in UTC, to the second."""
    return f"{moment[:19]}Z"


def _print_texts(console: Console, found: Mapping[str, Any]) -> None:
    if found["text"]:
        console.print(Text(f"  {found['text']}"), soft_wrap=True)
    for difference in found["differences"]:
        console.print(Text(f"  not as before: {difference}", "bold red"), soft_wrap=True)


class DeviceProgress:
    """A bar per device while a transaction is under way. Use it with `with`."""

    def __init__(self, console: Console) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:.0f}/{task.total:.0f}"))
        self._progress = Progress(*columns, TextColumn("{task.fields[state]}"), console=console)
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> DeviceProgress:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def show(self, found: Mapping[str, Any]) -> None:
        """How a transaction stands now."""
        for device, edits in named(found["edits"]).items():
            if device not in self._tasks:
                self._tasks[device] = self._progress.add_task(device, total=len(edits), state="")
            done = sum(edit["state"] in DONE for edit in edits)
            self._progress.update(self._tasks[device], completed=done, state=_state_of(edits))


def _state_of(edits: list[Mapping[str, Any]]) -> str:
    """The word that says most about a device's edits."""
    states = {edit["state"] for edit in edits}
    for word in ("notRestored", "leftAlone", "restoring", "writing", "invalid", "refused", "unreachable", "unknown",
                 "differs", "restored", "written", "valid", "unchanged"):  # fmt: skip
        if word in states:
            return word
    return ""
