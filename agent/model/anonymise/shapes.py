"""What identities look like in any text: patterns of addresses, URLs, logins, and names of hosts.

The patterns are pieces, because learning and replacing look for different things at once, and the first to fit wins.
"""

from __future__ import annotations

import re
from typing import Final

from agent.model.anonymise.words import is_special

_H: Final = "[0-9A-Fa-f]"
EUI: Final = rf"""
    (?P<eui>(?<!{_H})(?<!{_H}[:-]){_H}{{2}}(?P<e>[:-])(?:{_H}{{2}}(?P=e)){{6}}{_H}{{2}}(?![:-]?{_H})
        |(?<!{_H}){_H}{{6}}(?P<p>\.?)(?:[Ff]{{3}}[EeFf])(?P=p){_H}{{6}}(?!{_H}))
"""
OTHERS: Final = rf"""
    (?P<mac>(?<!{_H})(?<!{_H}[:-]){_H}{{2}}(?P<m>[:-])(?:{_H}{{2}}(?P=m)){{4}}{_H}{{2}}(?![:-]?{_H}))
    |(?P<hex>(?<!{_H})(?:{_H}{{16}}|{_H}{{12}}|{_H}{{4}}\.{_H}{{4}}\.{_H}{{4}}(?:\.{_H}{{4}})?)(?!{_H}))
    |(?P<ip4>(?<!\d)(?<!\d\.)\d{{1,3}}(?P<d>[._-])\d{{1,3}}(?P=d)\d{{1,3}}(?P=d)\d{{1,3}}(?!\d|\.\d))
"""
RUN: Final = r"(?P<run>(?<![0-9A-Fa-f:.])[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)"
REST_OF_RUN: Final = re.compile("[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*")
"""Where an IPv6 address may stand."""

FOUND: Final = rf"""
    (?P<scheme>(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]*://)(?P<login>[^\s/@?\#]*@)?
        (?P<host>\[[^\]\s]*\]|[^\s/:?\#,;"'<>\[\]]*)
    |(?P<argument>[?&;](?i:[a-z_-]*(?:token|key|passw(?:or)?d|secret|auth))=)[^&\s\#"']+
    |(?P<user>(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+)@(?!{_H}{{0,4}}:)(?P<domain>[A-Za-z0-9][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)*)(?![A-Za-z0-9-]|:{_H}{{1,4}}:)
"""
SHAPE: Final = re.compile(f"{EUI}|{OTHERS}", re.VERBOSE)
_TOP_LEVELS: Final = (
    "com|net|org|edu|gov|mil|int|info|biz|arpa|local|localdomain|lan|intern|internal|intranet|corp|home|example|test"
    "|invalid|cloud|tech|systems|network|energy|bank|[a-z]{2}"
)
FQDN: Final = re.compile(
    r"(?<![A-Za-z0-9_.-])(?:[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?\.)+"
    rf"(?:{_TOP_LEVELS})(?![A-Za-z0-9_-]|\.[A-Za-z0-9])",
    re.IGNORECASE,
)
_HOST: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_-]+)*\.?")
TOKENS: Final = re.compile(r"[^\s,;]+")


def is_findable(text: str) -> bool:
    """Whether a text is long enough to be looked for in others."""
    return len(text) >= (6 if text.isdigit() else 4)


def names_host(text: str) -> bool:
    """Whether a text can be a host's name, and is none that every host has."""
    return (
        bool(_HOST.fullmatch(text))
        and len(text) <= 253
        and not is_special(text)
        and any(character.isalpha() for character in text)
        and not SHAPE.fullmatch(text)
    )
