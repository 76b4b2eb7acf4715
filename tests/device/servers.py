"""Small servers that answer, drip, hang and break off as a test wants."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None


def page(status: int, body: bytes = b"<!DOCTYPE html><html><body>Login</body></html>") -> Reply:
    return Reply(status, body, {"Content-Type": "text/html"})


def document(content: Any = None, **headers: str) -> Reply:
    content = {"data": {"object-id": "status"}} if content is None else content
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(200, json.dumps(content).encode(), {"Content-Type": "application/json", **named})


Answering = Callable[[Request], Reply]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: DeviceServer

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = Request(self.command, self.path, dict(self.headers.items()), body)
        self.server.requests.append(request)
        reply = self.server.answering(request)
        self.send_response(reply.status, reply.reason)
        for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)

    do_GET = do_PUT = do_POST = _any

    def log_message(self, *args: object) -> None:
        pass


class DeviceServer(ThreadingHTTPServer):
    """An HTTP or HTTPS server that notes what it was asked."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, answering: Answering, context: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answering = answering
        self.requests: list[Request] = []
        self.connections = 0
        if context is not None:
            # the handshake is done by the connection's own thread, at the first read
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # a client that goes away in the handshake is what a test wanted


@contextlib.contextmanager
def serving(answering: Answering, context: ssl.SSLContext | None = None) -> Iterator[DeviceServer]:
    server = DeviceServer(answering, context)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="server")
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


Talking = Callable[[socket.socket, int, threading.Event], None]


@contextlib.contextmanager
def talking(talk: Talking, address: str = "127.0.0.1") -> Iterator[int]:
    """A raw server: `talk(connection, its number from 1, set when the test is over)`; yields the port."""
    over = threading.Event()
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.create_server((address, 0), family=family)
    listener.settimeout(0.02)

    def accept() -> None:
        number = 0
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            number += 1
            connection.settimeout(5)
            with connection, contextlib.suppress(OSError):
                talk(connection, number, over)

    thread = threading.Thread(target=accept, name="server")
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        over.set()
        thread.join()
        listener.close()


def head_of(connection: socket.socket) -> bytes:
    """One request's head (the tests' GETs have no body); empty when the client closed."""
    octets = b""
    while not octets.endswith(b"\r\n\r\n"):
        piece = connection.recv(4096)
        if not piece:
            break
        octets += piece
    return octets


def http_answer(body: bytes, *headers: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
