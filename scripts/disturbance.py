"""What happens around an agent during a soak: devices fail and recover, and the configuration is read anew."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping

import requests

from scripts.client import NotTrueError
from scripts.processes import AgentProcess
from scripts.settings import secrets_of

Action = Callable[[], None]
_REFUSED = 78
_LOCKING = frozenset({"unauthorized"})
"""After two refused passwords a device is left alone for an hour, rightly; a soak has no time for that."""
_MOST_FAULTS = 3


class Operator:
    """Switches faults of simulated devices, and reloads the agent's configuration.

    Args:
        urls: the simulated devices by name.
    """

    def __init__(self, generator: random.Random, agent: AgentProcess, urls: Mapping[str, str]) -> None:
        self.done: Counter[str] = Counter()
        self._random = generator
        self._agent = agent
        self._urls = list(urls.values())
        self._good = agent.config.read_text(encoding="utf-8")
        self._faults = [
            fault["name"] for fault in self._overview(self._urls[0])["faults"] if fault["name"] not in _LOCKING
        ]
        self.actions: list[tuple[Action, float]] = [
            (self.fail, 1.5), (self.recover, 0.7), (self.reload, 0.5), (self.reload_broken, 0.2),
        ]  # fmt: skip

    def _overview(self, url: str) -> dict[str, list[dict[str, str]]]:
        found: dict[str, list[dict[str, str]]] = requests.get(f"{url}/_sim/", timeout=5).json()
        return found

    def fail(self) -> None:
        """A fault on one device, beside those it has."""
        url, name = self._random.choice(self._urls), self._random.choice(self._faults)
        try:
            if len(self._overview(url)["active"]) < _MOST_FAULTS:
                requests.put(f"{url}/_sim/faults/{name}", data="{}", timeout=5)
                self.done["fault"] += 1
        except requests.ConnectionError:
            self.done["fault_while_rebooting"] += 1

    def recover(self) -> None:
        """All faults of one device end."""
        try:
            requests.delete(f"{self._random.choice(self._urls)}/_sim/faults", timeout=5)
            self.done["recovery"] += 1
        except requests.ConnectionError:
            self.done["recovery_while_rebooting"] += 1

    def reload(self) -> None:
        """Another pace for the devices, or one of them left out for a while; what must stay, stays."""
        self.done["reload"] += 1
        settings = json.loads(self._good)
        settings["poll"]["hold_missing_s"] = self._random.choice((60, 3600, 86_400))
        if self._random.random() < 0.3 and len(settings["devices"]) > 1:
            settings["devices"].pop(self._random.randrange(len(settings["devices"])))
        self._write_and_reload(settings, 0)

    def reload_broken(self) -> None:
        """A configuration that is wrong is refused, and the agent goes on."""
        self.done["reload_broken"] += 1
        settings = json.loads(self._good)
        settings["snmp"]["comunities"] = []
        self._write_and_reload(settings, _REFUSED)
        self._agent.config.write_text(self._good, encoding="utf-8")

    def _write_and_reload(self, settings: object, expected: int) -> None:
        self._agent.config.write_text(json.dumps(settings), encoding="utf-8")
        command = [sys.executable, "-m", "agent", "reload", "-c", str(self._agent.config)]
        done = subprocess.run(
            command, env={**secrets_of(), "PATH": ""}, capture_output=True, text=True, timeout=60, check=False
        )
        if done.returncode != expected:
            raise NotTrueError(f"reload ended with {done.returncode}, not {expected}: {done.stdout}{done.stderr}")
