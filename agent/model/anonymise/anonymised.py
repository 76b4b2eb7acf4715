"""All documents of one device at once: the first walk learns from all of them before the second replaces in any."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agent.model.anonymise.learner import Learner
from agent.model.anonymise.replacer import Replacer
from agent.model.anonymise.walk import walk
from agent.model.anonymise.words import Names
from agent.model.document import Json


@dataclass(frozen=True, slots=True)
class Anonymised:
    """Documents without identities.

    Attributes:
        documents: REST path to answer.
        counts: kind (serial, host, ipv4, ipv6, mac, clock-identity, position, text, user, secret) to the number of
            places where something of that kind was replaced.
    """

    documents: dict[str, Json]
    counts: dict[str, int]


def anonymise(documents: Mapping[str, Json], key: bytes, known: Iterable[str] = ()) -> Anonymised:
    """The documents of one device without its identities.

    Args:
        documents: REST path below /api to answer, with or without envelope, at most some hundred levels deep.
        key: random octets, new for each capture and thrown away after it.
        known: host names and addresses to be replaced too, which the documents may hold without naming them so.

    Raises:
        ValueError: the key is empty, so that anybody could try originals.
    """
    if not key:
        raise ValueError("the key must not be empty")
    learner = Learner()
    for text in known:
        learner.host(text)
    for path, answer in documents.items():
        walk(answer, _names_of(path), learner)
    replacer = Replacer(learner, key)
    replaced = {replacer.name(path): walk(answer, _names_of(path), replacer) for path, answer in documents.items()}
    return Anonymised(replaced, dict(sorted(replacer.counts.items())))


def _names_of(path: str) -> Names:
    return tuple(path.strip("/").split("/"))
