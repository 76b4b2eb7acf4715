"""The answering side made ready for a process: store, live cells, writer."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.channel.tally import Share
from agent.config import Settings
from agent.mib.host import LISTS, declared
from agent.mib.module import northbound
from agent.mib.standard import STANDARD, LiveView
from agent.snmp.engineid import EngineIdentity
from agent.snmp.service import LIVE, WireService
from agent.wire.block import live_blocks
from agent.wire.repeats import Repeats
from agent.wire.shelf import Shelf
from agent.wire.store import Store
from agent.wire.strangers import FailureObserver
from agent.wire.writing import Submit, Writer, writables

if TYPE_CHECKING:
    from agent.snmp.engine import SnmpService


@dataclass(frozen=True, slots=True)
class Inside:
    """What is a process's own.

    Attributes:
        contexts: the sockets, and what each stands for.
        share: what it counts in.
        salts: for privacy, shared with nobody.
    """

    contexts: Mapping[socket.socket, str]
    share: Share
    salts: Iterator[int]


def make_answering(
    settings: Settings,
    identity: EngineIdentity,
    inside: Inside,
    submit: Submit,
    observe: FailureObserver,
) -> WireService | SnmpService:
    """The configured path with everything that is its own; silent until a back has given it the rest.

    `submit` carries out what SETs ask for; `observe` is told of messages that fail authentication.
    """
    modules = (northbound(settings.root_oid), STANDARD)
    store = Store(located.oid for module in (*modules, *LISTS) for located in module.objects.values())
    shelf = Shelf(store, (located.oid for module in declared() for located in module.objects.values()))
    counters = inside.share.counters
    writer = Writer(writables(modules), submit, lambda key: store.get(key) is not None, repeats=Repeats(time.monotonic))
    view = LiveView(identity.uptime_ticks, identity.time_s, inside.share.total)
    store.swap(LIVE, live_blocks(STANDARD, view))
    if settings.snmp.engine == "pysnmp":
        from agent.snmp.engine import SnmpService  # not loaded where it is not used: it costs half a second and 20 MB

        return SnmpService(identity, shelf, counters, list(inside.contexts))
    service = WireService(identity, shelf, counters, (), writer, observe, inside.salts)
    service.listen(inside.contexts)
    return service
