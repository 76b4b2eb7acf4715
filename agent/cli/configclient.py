"""The agent's configuration side over its local endpoint: commands as messages, the rest read."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Final

from agent.cli.wanted import edits_for
from agent.config import Settings
from agent.errors import AgentError, HostError, UsageError
from agent.web.sender import Sender

EDITS_AT_ONCE: Final = 100
PACE_S: Final = 0.2
"""How often a transaction that is under way is looked at."""
PATIENCE_S: Final = 3600.0
"""How long a commit may take before it is waited for no longer; it goes on."""

Shown = Callable[[Mapping[str, Any]], None]
"""Is shown a transaction while it is under way."""


class Refused(AgentError):
    """The agent said no; nothing was written."""


class ConfigClient:
    """A session to the running agent. Use it with `async with`."""

    def __init__(self, settings: Settings) -> None:
        self._sender = Sender.to(settings)
        self._source = f"config/{getpass.getuser()}"
        self._longest_s = settings.interapp.timeout_max_s

    async def __aenter__(self) -> ConfigClient:
        await self._sender.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._sender.__aexit__(kind, problem, trace)

    async def cells(self, device: str) -> list[dict[str, Any]]:
        """What a device has that may be written, and its value as it was last read.

        Raises:
            UsageError: there is no such device.
        """
        return list((await self._read(f"/config/cells?device={device}"))["cells"])

    async def unread(self, device: str) -> int:
        """How many cards and branches of a device have a configuration that is yet to be read, or read anew."""
        return int((await self._read(f"/config/cells?device={device}"))["unread"])

    async def transactions(self) -> list[dict[str, Any]]:
        """All transactions, the newest first."""
        return list((await self._read("/config/transactions"))["transactions"])

    async def transaction(self, number: int) -> dict[str, Any]:
        """One transaction.

        Raises:
            UsageError: there is no such one.
        """
        return await self._read(f"/config/transactions/{number}")

    async def history(self, limit: int, device: str) -> list[dict[str, Any]]:
        """What was written, the newest first."""
        return list((await self._read(f"/config/history?limit={limit}&device={device}"))["history"])

    async def fresh(self, device: str) -> None:
        """Have a device's configuration read anew, all of it.

        Raises:
            Refused: it could not be.
        """
        await self._told("rediscover", {"device": device}, PATIENCE_S)
        await self._read_up(device)

    async def _read_up(self, device: str) -> None:
        """Have read what of a device's configuration is not read yet; one poll reads a few parts of it.

        Raises:
            Refused: it could not be.
        """
        left, fruitless = await self.unread(device), 0
        while left:
            await self._told("pollNow", {"device": device}, PATIENCE_S)
            before, left = left, await self.unread(device)
            fruitless = fruitless + 1 if left >= before else 0
            if fruitless == 2:  # the first poll of all only finds the cards
                raise Refused(f"{device}: {left} cards and branches of its configuration could not be read now")

    async def drafted(self, wanted: Mapping[str, Mapping[str, Any]]) -> int:
        """Open a transaction with an edit for each cell that something is wanted of; its number.

        Raises:
            UsageError: something wanted is no cell, or does not fit.
            Refused: no transaction can be opened now.
        """
        edits = []
        for device, values in wanted.items():
            await self._read_up(device)  # else a name would stand for some of its rows
            edits += edits_for(device, values, await self.cells(device))
        number = int((await self._told("openConfig", {}))["response"]["transaction"])
        try:
            for place in range(0, len(edits), EDITS_AT_ONCE):
                some = edits[place : place + EDITS_AT_ONCE]
                await self._told("editConfig", {"transaction": number, "edits": some})
        except BaseException:
            await self.give_up(number)
            raise
        return number

    async def reverting(self, number: int) -> int:
        """Open a transaction that gives everything another one wrote its old value again; its number.

        Raises:
            Refused: there is nothing to give back, or no transaction can be opened now.
        """
        return int((await self._told("revertConfig", {"transaction": number}))["response"]["transaction"])

    async def act(self, kind: str, number: int, shown: Shown | None = None, **more: Any) -> dict[str, Any]:
        """Do something with a transaction, and the transaction when that is over, whatever it came to.

        Raises:
            Refused: it was not taken; nothing has changed.
        """
        content = {"transaction": number, **{name: value for name, value in more.items() if value is not None}}
        message = asyncio.ensure_future(self._sent(kind, content, PATIENCE_S))
        try:
            while not message.done():
                await asyncio.wait({message}, timeout=PACE_S)
                if shown is not None:
                    shown(await self.transaction(number))
            ended = message.result()
        finally:
            message.cancel()
        found = await self._settled(number, shown)
        if ended["state"] == "failed" and found["message"] != ended["index"]:
            raise Refused(str(ended["errorText"]))
        return found

    async def _settled(self, number: int, shown: Shown | None) -> dict[str, Any]:
        """The transaction once nothing is under way: its message may have met its deadline before."""
        while True:
            found = await self.transaction(number)
            if shown is not None:
                shown(found)
            if found["state"] not in ("validating", "committing", "rollingBack"):
                return found
            await asyncio.sleep(PACE_S)

    async def give_up(self, number: int) -> None:
        """Discard a transaction that wrote nothing; when it cannot be, its lease ends it."""
        await self._sent("discardConfig", {"transaction": number}, 10)

    async def _told(self, kind: str, content: Mapping[str, Any], seconds: float = 30) -> dict[str, Any]:
        ended = await self._sent(kind, content, seconds)
        if ended["state"] != "succeeded":
            raise Refused(str(ended["errorText"] or f"{kind} is still {ended['state']}"))
        return ended

    async def _sent(self, kind: str, content: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        envelope: dict[str, Any] = {"type": kind, "content": dict(content), "source": self._source}
        if seconds == PATIENCE_S:
            envelope["timeoutSeconds"] = self._longest_s
        status, answer = await self._sender.post(envelope)
        if status == 401:
            raise HostError("the agent does not take the token of this configuration")
        if status in (400, 404):
            raise UsageError(str(answer.get("error")))
        if not answer.get("index"):
            raise HostError(str(answer.get("error", f"status {status}")))
        return await self._sender.ended(answer["guid"], seconds)

    async def _read(self, path: str) -> dict[str, Any]:
        status, answer = await self._sender.get(path)
        if status in (400, 404):
            raise UsageError(str(answer.get("error", f"{path}: {status}")))
        if status == 401:
            raise HostError("the agent does not take the token of this configuration")
        if status != 200:
            raise HostError(f"{path}: status {status}: {answer.get('error', '')}")
        return answer


Run = Callable[[ConfigClient], Awaitable[int]]


def run(settings: Settings, work: Run) -> int:
    """Do something with a client; the exit code it comes to."""

    async def whole() -> int:
        async with ConfigClient(settings) as client:
            return await work(client)

    return asyncio.run(whole())


def named(edits: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Edits by device, in their order."""
    by_device: dict[str, list[Mapping[str, Any]]] = {}
    for edit in edits:
        by_device.setdefault(edit["device"], []).append(edit)
    return by_device
