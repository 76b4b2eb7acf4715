"""Secrets taken out of what is recorded of requests and answers."""

from __future__ import annotations

import base64
import html
import json
import re
from collections import deque
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

from agent.device.auth import Login
from agent.model.exchange import DATA_LIMIT

MARK = b"[redacted]"
"""Stands where something was taken out."""

TOKENS_KEPT = 2
"""The present token and the one before it."""

SECRET_NAME = re.compile(
    rb"pass(word|wd|phrase|code)|secret|token|credential|community|psk"
    rb"|(^|[-_. ])keys?$|(private|symmetric|shared|auth|md5|sha\d*|aes|des)[-_ ]?key|key[-_ ]?(data|material|value)",
    re.IGNORECASE,
)
"""JSON members whose value is not shown."""

_PARTS = re.compile(rb'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|[{}\[\]:,]|[^\s"{}\[\]:,]+|\s+', re.DOTALL)
"""Parts of a JSON text, the string it is cut in included; other octets are parted somehow, and none is left out."""

_PRIVATE_KEY = re.compile(rb"-----BEGIN [^-]*PRIVATE KEY-----.*?(?:-----END[^-]*-----|\Z)", re.DOTALL)
_OPENING, _CLOSING = frozenset({b"{", b"["}), frozenset({b"}", b"]"})
_PLAIN_VALUES = frozenset({b"true", b"false", b"null", b'""'})

Span = tuple[int, int]


class Redactor:
    """Knows the secrets of one device."""

    def __init__(self, login: Login | None) -> None:
        self._own: frozenset[bytes] = frozenset()
        if login is not None:
            self._own = _spellings(login.password.reveal()) | {base64.b64encode(login.pair)}
        self._tokens: deque[frozenset[bytes]] = deque(maxlen=TOKENS_KEPT)
        self._compile()

    def learn(self, token: str) -> None:
        """Another secret: a token."""
        self._tokens.append(_spellings(token))
        self._compile()

    def body(self, octets: bytes) -> bytes:
        """The first DATA_LIMIT octets of a body without secrets."""
        # What begins before the cut is found whole; what begins after it is not kept.
        window = octets[: DATA_LIMIT + self._longest]
        spans = [*_private_keys(window), *_secret_values(window)]
        if self._known is not None:
            spans += [found.span() for found in self._known.finditer(window)]
        kept = bytearray()
        position = 0
        for start, end in sorted(spans):
            if start >= DATA_LIMIT:
                break
            if start >= position:
                kept += window[position:start] + MARK
            position = max(position, end)
        return bytes(kept + window[position:DATA_LIMIT])[:DATA_LIMIT]

    def text(self, text: str) -> str:
        """A text without this device's secrets."""
        octets = text.encode("utf-8", "replace")
        return octets.decode() if self._known is None else self._known.sub(MARK, octets).decode()

    def _compile(self) -> None:
        longest_first = sorted(self._own.union(*self._tokens), key=len, reverse=True)
        self._known = re.compile(b"|".join(map(re.escape, longest_first))) if longest_first else None
        self._longest = len(longest_first[0]) if longest_first else 0


def _spellings(secret: str) -> frozenset[bytes]:
    """The ways a text may stand in JSON, a URL or HTML."""
    written = {
        secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1],
        quote(secret, safe=""), quote_plus(secret), html.escape(secret),
    }  # fmt: skip
    return frozenset(spelling.encode("utf-8", "replace") for spelling in written)


def _private_keys(octets: bytes) -> Iterator[Span]:
    return (found.span() for found in _PRIVATE_KEY.finditer(octets))


def _secret_values(octets: bytes) -> Iterator[Span]:
    """Where the values of members named like secrets stand in a JSON text, cut or whole."""
    name = b""
    armed = False
    depth = 0
    since: tuple[int, int] | None = None  # where a secret list or object began, and at which depth
    for found in _PARTS.finditer(octets):
        part = found[0]
        if part.isspace():
            continue
        opens, closes = part in _OPENING, part in _CLOSING
        depth += opens - closes
        if since is not None:
            if depth <= since[1]:
                yield since[0], found.end()
                since = None
        elif armed:
            armed = False
            if opens:
                since = (found.start(), depth - 1)
            elif part not in _PLAIN_VALUES:
                yield _inside(part, found.span())
        else:
            armed = part == b":" and SECRET_NAME.search(name) is not None
        name = part.strip(b'"')
    if since is not None:
        yield since[0], len(octets)


def _inside(part: bytes, span: Span) -> Span:
    """The span without the quotes of a string."""
    quoted = part[:1] == b'"'
    return span[0] + quoted, span[1] - (quoted and len(part) > 1 and part[-1:] == b'"')
