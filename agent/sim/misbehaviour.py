"""Bad answers: what the simulator sends instead of, or does to, the right one."""

from __future__ import annotations

import socket
import struct
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

from aiohttp import web

from agent.sim.catalogue import Fault
from agent.sim.exchange import Exchange

_LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>LANTIME</title></head><body><form>Login</form></body></html>"
_NOT_FOUND_PAGE = b"<!DOCTYPE html><html><head><title>404 Not Found</title></head><body></body></html>"
_CHUNK = 64 << 10
# With this option set, closing a socket sends a reset instead of a regular end.
_LINGER_NOT = struct.pack("ii", 1, 0)

Delivery = Callable[[Exchange, Fault, bytes], Coroutine[Any, Any, web.StreamResponse]]


async def refuse(exchange: Exchange, fault: Fault, is_active: Callable[[], bool]) -> web.StreamResponse:
    """Answer in the manner of a fault that does not look at the request."""
    name = fault.kind.name
    if name == "hang":
        return await _hang(exchange, is_active)
    if name == "huge":
        return await _huge(exchange, fault)
    if name == "rate-limited":
        retry = fault.text("retry_after")
        return exchange.error(429, "too many requests", **({"Retry_After": retry} if retry else {}))
    if name == "server-error":
        return exchange.error(fault.integer("status"), "internal error")
    if name == "unauthorized":
        return exchange.unauthorized()
    if name == "rest-disabled":
        return rest_disabled(exchange)
    pages = {
        "wrong-content-type": (_LOGIN_PAGE, "text/html", 200),
        "not-json": (b"\nERR: database is locked\n", "application/json", 200),
        "empty": (b"", "application/json", 200),
    }
    content, content_type, status = pages[name]
    return exchange.body(content, content_type, status)


def rest_disabled(exchange: Exchange) -> web.Response:
    """What the device sends with the REST API switched off is not known; its web server's page is inferred."""
    return exchange.body(_NOT_FOUND_PAGE, "text/html", 404)


async def deliver(exchange: Exchange, fault: Fault, content: bytes) -> web.StreamResponse:
    """Deliver the right answer in the manner of a fault."""
    try:
        return await _DELIVERIES[fault.kind.name](exchange, fault, content)
    except ConnectionError:
        # The client has had enough, which is what such a fault is for.
        return closed(exchange)


async def _hang(exchange: Exchange, is_active: Callable[[], bool]) -> web.StreamResponse:
    """Answer nothing until the client leaves, the fault is cleared or the simulator stops."""
    await exchange.wait_while(is_active)
    return closed(exchange)


async def _huge(exchange: Exchange, fault: Fault) -> web.StreamResponse:
    """Valid JSON, far larger than any device's answer."""
    head, tail = b'\n{"data": {"padding": "', b'"}}\n'
    size = max(fault.integer("size"), len(head) + len(tail))
    response = _started(exchange, 0 if fault.flag("chunked") else size)
    try:
        await response.prepare(exchange.request)
        await response.write(head)
        left = size - len(head) - len(tail)
        while left > 0 and not exchange.is_over:
            await response.write(b"x" * min(left, _CHUNK))
            left -= _CHUNK
        await response.write(tail)
    except ConnectionError:
        return closed(exchange)
    return response


async def _slow_drip(exchange: Exchange, fault: Fault, content: bytes) -> web.StreamResponse:
    response = _started(exchange, len(content))
    await response.prepare(exchange.request)
    async for piece in _pieces(exchange, fault, content):
        await response.write(piece)
    return response if not exchange.is_over else closed(exchange)


async def _slow_headers(exchange: Exchange, fault: Fault, content: bytes) -> web.StreamResponse:
    """Status line and headers in pieces: below the HTTP library, which sends them at once."""
    lines = ["HTTP/1.1 200 OK", "Content-Type: application/json", f"Content-Length: {len(content)}"]
    lines += [f"{name}: {value}" for name, value in exchange.headers.items()]
    head = "\r\n".join([*lines, "Connection: close", "", ""]).encode()
    transport = exchange.request.transport
    async for piece in _pieces(exchange, fault, head):
        if transport is not None:
            transport.write(piece)
    if transport is not None and not exchange.is_over:
        transport.write(content)
    return closed(exchange)


async def _truncated(exchange: Exchange, fault: Fault, content: bytes) -> web.StreamResponse:
    part = content[: int(len(content) * fault.number("fraction"))]
    if not fault.flag("mismatch"):
        return exchange.body(part)
    response = _started(exchange, len(content))
    await response.prepare(exchange.request)
    await response.write(part)
    return closed(exchange)


async def _reset(exchange: Exchange, fault: Fault, content: bytes) -> web.StreamResponse:
    response = _started(exchange, len(content))
    await response.prepare(exchange.request)
    await response.write(content[: fault.integer("after")])
    # A reset discards what is still in the buffers, so let the first part arrive.
    await exchange.pause(0.05)
    transport = exchange.request.transport
    if transport is not None:
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        transport.abort()
    return closed(exchange)


_DELIVERIES: dict[str, Delivery] = {
    "slow-drip": _slow_drip,
    "slow-headers": _slow_headers,
    "truncated": _truncated,
    "reset": _reset,
}


async def _pieces(exchange: Exchange, fault: Fault, content: bytes) -> AsyncIterator[bytes]:
    """The content piece by piece, with the interval of the fault in between."""
    size = max(1, fault.integer("piece"))
    for start in range(0, len(content), size):
        if exchange.is_over:
            return
        yield content[start : start + size]
        await exchange.pause(fault.number("interval"))


def _started(exchange: Exchange, length: int) -> web.StreamResponse:
    """An answer of which the body follows; without a length it is sent in chunks."""
    response = web.StreamResponse(headers={**exchange.headers, "Content-Type": "application/json"})
    if length:
        response.content_length = length
    else:
        response.enable_chunked_encoding()
    return response


def closed(exchange: Exchange) -> web.StreamResponse:
    """Close the connection; the HTTP library finds it closed and drops the answer returned to it."""
    transport = exchange.request.transport
    if transport is not None:
        transport.close()
    return web.Response()
