"""Where the pysnmp path differs from the wire path, and which RFC says who is right."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """One difference.

    Attributes:
        rfc: where it is decided; a dash where no RFC does.
        statements: ids of the statements that fail on the pysnmp path for it; none where both paths are within the RFC,
            or where a test of its own shows it.
    """

    what: str
    wire: str
    pysnmp: str
    rfc: str
    statements: tuple[str, ...] = ()


DIFFERENCES = (
    Difference("where a GETBULK is cut", "to the octet", "reckons a larger frame", "3416 4.2.3"),
    Difference("tooBig within the same few octets", "when it does not fit", "earlier", "3416 4.2.1"),
    Difference("INTEGER of -2^31", "four octets", "five (pyasn1)", "X.690 8.3.2"),
    Difference("a level below the user's", "authorizationError", "unsupportedSecLevels", "3413 3.2 (6)", ("U20",)),
    Difference("a level above the user's", "unsupportedSecLevels", "silence", "3414 3.2 (5)", ("U11",)),
    Difference("the engine ID of another", "unknownEngineIDs", "unknownUserNames", "3414 3.2 (3)", ("U10",)),
    Difference("reportableFlag of a Report", "0", "1 for some", "3412 6.4", ("U12",)),
    Difference("the empty user name with this engine's ID", "unknownUserNames", "silence (the gate)", "3414 3.2 (4)"),
    Difference("an engine ID with as many zeros as a digest", "signed right", "signed wrong", "3414 6.3.1"),
    Difference("a value v1 has not, in a v1 GET", "ignored", "silence", "3416 4.2.1"),
    Difference("requests over 8192 octets", "tooBig", "silence", "-"),
    Difference("a SET", "carried out where a view allows it", "notWritable: this path is read-only", "3416 4.2.5",
               ("S01", "S04", "S05", "S06")),
    Difference("name@context, a context there is not", "snmpUnknownContexts", "snmpInBadCommunityNames",
               "3413 3.2 (5)"),
    Difference("a SET outside every write view", "noAccess", "notWritable", "3416 4.2.5 (1, 2)"),
    Difference("communities and users after a reload", "the new ones", "a restart is needed", "-"),
)  # fmt: skip
