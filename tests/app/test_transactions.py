"""Transactions through the whole agent: net-snmp's tools on the one side, simulated devices on the other."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import requests

from agent.config import Secret, Settings
from agent.sim import SimSpec, Simulator
from agent.web.sender import Sender
from tests.support.cells import MODULE, row
from tests.support.running import FAST, RunningAgent, Simulating, Starting, configured, device, pace, wait_for
from tests.support.tools import tool

SPEC = SimSpec(clients=1)


def user(name: str, write_view: str) -> dict[str, Any]:
    secrets = {"auth": {"protocol": "SHA-256", "passphrase": Secret("auth-of-noc")},
               "priv": {"protocol": "AES-128", "passphrase": Secret("priv-of-noc")}}  # fmt: skip
    return {"name": name, **secrets, "write_view": write_view}


USERS = {
    "users": [user("noc", "default"), user("shift", "default"), user("narrow", "transactions")],
    "communities": [{"name": "public-for-tests", "write_view": "default"}],
    "views": {"transactions": {"include": [".".join(map(str, (*MODULE.root, 1, 20)))]}},
}


def settings_for(state_dir: Path, *simulators: Simulator, **changes: Any) -> Settings:
    poll = pace(**FAST | {"interval_s": 0.5, "deadline_s": 5, "read_timeout_s": 2})
    devices = [
        device(simulator.port, f"lts{number}", poll=poll, writes=True) for number, simulator in enumerate(simulators, 1)
    ]
    return configured(state_dir, *devices, snmp=USERS, **changes)


def oid(name: str, *instance: int) -> str:
    return ".".join(map(str, (*MODULE.objects[name].oid, *instance)))


class Noc:
    """A manager with net-snmp's tools."""

    def __init__(self, agent: RunningAgent, user: str = "noc") -> None:
        self._agent, self._user = agent, user

    def set(self, *triples: tuple[str, str, str]) -> str:
        """The error, empty when it was taken."""
        arguments = [part for triple in triples for part in triple]
        command = [
            tool("snmpset"), "-v3", "-l", "authPriv", "-u", self._user, "-a", "SHA-256", "-A", "auth-of-noc", "-x",
            "AES", "-X", "priv-of-noc", "-On", "-t", "2", "-r", "1", f"127.0.0.1:{self._agent.port}", *arguments,
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        if done.returncode == 0:
            return ""
        reason = [line for line in done.stderr.splitlines() if line.startswith("Reason: ")]
        return reason[0].removeprefix("Reason: ").partition(" ")[0] if reason else done.stderr

    def open(self, number: int = 1) -> str:
        return self.set((oid("lnbConfigTxnStatus", number), "i", "4"))

    def edit(self, transaction: int, number: int, target: str, value: str) -> str:
        return self.set(
            (oid("lnbConfigEditTarget", transaction, number), "o", target),
            (oid("lnbConfigEditValue", transaction, number), "s", value),
        )

    def act(self, action: int, transaction: int = 1) -> str:
        return self.set((oid("lnbConfigTxnAction", transaction), "i", str(action)))


VALIDATE, COMMIT, COMMIT_CONFIRMED, CONFIRM, CANCEL, DISCARD = range(2, 8)


def state(agent: RunningAgent, number: int = 1) -> Any:
    return agent.get("lnbConfigTxnState", number)


def domains(agent: RunningAgent) -> list[tuple[int, ...]]:
    """Rows of the PTP configuration: two instances of each device."""
    return sorted(index for index in agent.walk("lnbPtpConfigTable").get("lnbPtpConfigDomain", {}) if index[1] <= 2)


def domain_of(simulator: Simulator, instance: int = 0) -> Any:

    where = f"chassis0/slots/io1/module/ptp-instances/instance{instance}/domain-number"
    return requests.get(f"{simulator.control_url}/configuration/{where}", timeout=5).json()["value"]


@pytest.fixture
def site(tmp_path: Path, simulate: Simulating, agent_on: Starting) -> tuple[RunningAgent, list[Simulator]]:
    simulators = [simulate(SPEC), simulate(SPEC)]
    agent = agent_on(settings_for(tmp_path, *simulators))
    wait_for(lambda: len(domains(agent)) == 4, "configurations")
    return agent, simulators


def test_a_manager_opens_edits_validates_commits_and_reads_what_came_of_it(
    site: tuple[RunningAgent, list[Simulator]],
) -> None:
    agent, simulators = site
    noc, rows = Noc(agent), domains(agent)
    assert noc.open() == ""
    assert state(agent) == "open", "what was written is served when it is answered"
    assert noc.edit(1, 1, oid("lnbPtpConfigDomain", *rows[0]), "24") == ""
    assert noc.edit(1, 2, oid("lnbPtpConfigDomain", *rows[2]), "25") == ""
    assert noc.act(VALIDATE) == ""
    wait_for(lambda: state(agent) == "valid")
    edit = row(agent.walk("lnbConfigEditTable"), "lnbConfigEditTable", 1, 2)
    assert (edit["lnbConfigEditOld"], edit["lnbConfigEditState"], edit["lnbConfigEditDevice"]) == ("0", "valid", "lts2")
    assert [domain_of(one) for one in simulators] == [0, 0]

    assert noc.act(COMMIT) == ""
    wait_for(lambda: state(agent) == "committed")
    assert [domain_of(one) for one in simulators] == [24, 25]
    message = agent.get("lnbConfigTxnMessage", 1)
    assert agent.get("lnbIacType", message) == "commitConfig"
    wait_for(lambda: agent.get("lnbIacState", message) == "succeeded")
    history = row(agent.walk("lnbConfigHistoryTable"), "lnbConfigHistoryTable", 2)
    assert history["lnbConfigHistoryUser"] == "noc"
    assert history["lnbConfigHistoryAddress"] == "127.0.0.1"
    assert (history["lnbConfigHistoryOld"], history["lnbConfigHistoryNew"]) == ("0", "25")
    assert (history["lnbConfigHistoryResult"], history["lnbConfigHistoryTxn"]) == ("written", 1)
    wait_for(lambda: agent.get("lnbPtpConfigDomain", *rows[2]) == 25)


def test_one_pdu_opens_edits_and_commits(site: tuple[RunningAgent, list[Simulator]]) -> None:
    agent, simulators = site
    rows = domains(agent)
    taken = Noc(agent).set(
        (oid("lnbConfigTxnAction", 5), "i", str(COMMIT)),
        (oid("lnbConfigEditValue", 5, 1), "s", "7"),
        (oid("lnbConfigEditTarget", 5, 1), "o", oid("lnbPtpConfigDomain", *rows[0])),
        (oid("lnbConfigTxnStatus", 5), "i", "4"),
    )
    assert taken == ""
    wait_for(lambda: state(agent, 5) == "committed")
    assert domain_of(simulators[0]) == 7
    assert agent.get("lnbConfigTxnNext", 0) == 6


def test_a_second_manager_is_refused_and_what_does_not_fit_too(site: tuple[RunningAgent, list[Simulator]]) -> None:
    agent, _ = site
    noc, shift, rows = Noc(agent), Noc(agent, "shift"), domains(agent)
    target = oid("lnbPtpConfigDomain", *rows[0])
    assert noc.open() == ""
    assert noc.edit(1, 1, target, "24") == ""
    assert shift.open(2) == "resourceUnavailable"
    assert shift.edit(1, 2, target, "25") == "inconsistentValue"
    assert shift.act(DISCARD) == "inconsistentValue"
    assert shift.set((oid("lnbConfigTxnStatus", 1), "i", "6")) == "inconsistentValue"
    assert noc.act(CONFIRM) == "inconsistentValue"
    assert noc.set((oid("lnbConfigTxnStatus", 2), "i", "5")) == "wrongValue"
    assert noc.set((oid("lnbConfigTxnLease", 2), "u", "60")) == "inconsistentName"
    assert noc.set((oid("lnbConfigTxnLease", 1), "u", "5")) == "wrongValue"
    assert noc.edit(1, 2, oid("lnbDeviceName", 1), "x") == "wrongValue"
    assert noc.edit(1, 2, oid("lnbPtpConfigDomain", 9, 9, 9), "1") == "inconsistentValue"
    assert noc.edit(1, 2, target, "many") == "wrongValue"
    assert agent.get("lnbConfigTxnEdits", 1) == 1
    assert noc.set((oid("lnbConfigEditStatus", 1, 1), "i", "6")) == ""
    assert noc.act(COMMIT) == "inconsistentValue"  # there is nothing to commit
    assert noc.set((oid("lnbConfigTxnStatus", 1), "i", "6")) == ""
    wait_for(lambda: state(agent) is None)
    assert shift.open(2) == ""


def test_an_edit_names_nothing_that_its_user_may_not_write_itself(site: tuple[RunningAgent, list[Simulator]]) -> None:
    agent, _ = site
    narrow, rows = Noc(agent, "narrow"), domains(agent)
    assert narrow.open() == ""
    assert narrow.edit(1, 1, oid("lnbPtpConfigDomain", *rows[0]), "24") == "noAccess"
    community = [
        tool("snmpset"), "-v2c", "-c", "public-for-tests", "-On", f"127.0.0.1:{agent.port}",
        oid("lnbConfigEditTarget", 1, 1), "o", oid("lnbPtpConfigDomain", *rows[0]),
    ]  # fmt: skip
    done = subprocess.run(community, capture_output=True, text=True, timeout=30, check=False)
    assert "noAccess" in done.stderr, "a community is no authPriv"
    assert agent.get("lnbConfigEditState", 1, 1) is None


def test_who_asks_without_encryption_opens_no_transaction_that_keeps_others_out(
    site: tuple[RunningAgent, list[Simulator]],
) -> None:
    agent, _ = site
    address = f"127.0.0.1:{agent.port}"
    command = (tool("snmpset"), "-v2c", "-c", "public-for-tests", "-On", address)
    done = subprocess.run(
        [*command, oid("lnbConfigTxnStatus", 1), "i", "4"], capture_output=True, text=True, timeout=30, check=False
    )
    assert "noAccess" in done.stderr
    assert state(agent) is None
    assert Noc(agent).open() == ""


def test_a_confirmed_commit_that_nobody_confirms_is_taken_back_by_a_message(
    site: tuple[RunningAgent, list[Simulator]],
) -> None:
    agent, simulators = site
    noc, rows = Noc(agent), domains(agent)
    noc.open()
    noc.edit(1, 1, oid("lnbPtpConfigDomain", *rows[0]), "24")
    assert (
        noc.set(
            (oid("lnbConfigTxnAction", 1), "i", str(COMMIT_CONFIRMED)), (oid("lnbConfigTxnConfirmTimeout", 1), "u", "2")
        )
        == ""
    )
    wait_for(lambda: state(agent) == "pendingConfirm")
    assert domain_of(simulators[0]) == 24
    plain = Noc(agent, "shift").set((oid("lnbPtpConfigDomain", *rows[0]), "i", "3"))
    assert plain != "", "a device that waits to be confirmed is not written by others"
    wait_for(lambda: state(agent) == "rolledBack")
    assert domain_of(simulators[0]) == 0
    assert agent.get("lnbConfigTxnErrorText", 1) == "not confirmed within 2 s"
    types = agent.walk("lnbIacMessageTable")["lnbIacType"].values()
    assert "rollbackConfig" in types
    wait_for(lambda: "configRolledBack" in agent.walk("lnbAlarmTable").get("lnbAlarmType", {}).values())


def test_a_confirmed_commit_survives_a_restart_and_is_taken_back_when_its_time_is_over(
    tmp_path: Path, simulate: Simulating, agent_on: Starting
) -> None:
    simulators = [simulate(SPEC), simulate(SPEC)]
    settings = settings_for(tmp_path, *simulators)
    agent = agent_on(settings)
    wait_for(lambda: len(domains(agent)) == 4)
    noc, rows = Noc(agent), domains(agent)
    noc.open()
    for number, where in enumerate((rows[0], rows[2]), 1):
        noc.edit(1, number, oid("lnbPtpConfigDomain", *where), "24")
    noc.set((oid("lnbConfigTxnAction", 1), "i", str(COMMIT_CONFIRMED)),
            (oid("lnbConfigTxnConfirmTimeout", 1), "u", "3"))  # fmt: skip
    wait_for(lambda: state(agent) == "pendingConfirm")
    agent.stop()
    assert [domain_of(one) for one in simulators] == [24, 24]

    agent = agent_on(settings)

    wait_for(lambda: state(agent) == "rolledBack", seconds=20)
    assert [domain_of(one) for one in simulators] == [0, 0]


def test_a_plain_set_is_in_the_history_too(site: tuple[RunningAgent, list[Simulator]]) -> None:
    agent, simulators = site
    rows = domains(agent)
    assert Noc(agent, "shift").set((oid("lnbPtpConfigDomain", *rows[0]), "u", "3")) == ""
    wait_for(lambda: agent.get("lnbConfigSerial", 0) == 1)
    history = row(agent.walk("lnbConfigHistoryTable"), "lnbConfigHistoryTable", 1)
    assert (history["lnbConfigHistoryUser"], history["lnbConfigHistoryTxn"]) == ("shift", 0)
    assert (history["lnbConfigHistoryOld"], history["lnbConfigHistoryNew"]) == ("0", "3")
    assert domain_of(simulators[0]) == 3


def posted(agent: RunningAgent, kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """A message over the local socket, and its row once it has ended."""

    async def post() -> dict[str, Any]:
        async with Sender(agent.app.settings.state_dir / "interapp.sock") as sender:
            _, answer = await sender.post({"type": kind, "content": dict(content), "source": "config"})
            return await sender.ended(answer["guid"], 20)

    return asyncio.run(post())


def test_what_happened_in_a_commit_that_failed_is_in_the_row_the_message_and_the_history(
    site: tuple[RunningAgent, list[Simulator]],
) -> None:
    agent, simulators = site
    rows = domains(agent)
    simulators[1].faults.set("write-refused", status=403, message="not permitted")
    opened = posted(agent, "openConfig", {})["response"]["transaction"]
    edits = [{"target": f"lnbPtpConfigDomain.{'.'.join(map(str, where))}", "value": 9} for where in (rows[0], rows[2])]
    posted(agent, "editConfig", {"transaction": opened, "edits": edits})
    failed = posted(agent, "commitConfig", {"transaction": opened})
    assert (failed["state"], failed["reason"]) == ("failed", "deviceRejected")
    assert "transaction 1 is rolledBack: edit 2 lts2 lnbPtpConfigDomain" in failed["errorText"]
    assert [domain_of(one) for one in simulators] == [0, 0]
    results = agent.walk("lnbConfigHistoryTable")["lnbConfigHistoryResult"]
    assert list(results.values()) == ["written", "refused", "restored"]
