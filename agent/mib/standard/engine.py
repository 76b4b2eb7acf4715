"""The engine and its statistics (RFC 3411, 3412, 3413, 3414)."""

from __future__ import annotations

from agent.mib.declaration import Column, Group, Scalars
from agent.mib.standard.common import counter
from agent.mib.syntax import INTEGER32, octets

ENGINE = Scalars(
    0,
    "snmpEngine",
    (
        Column(1, "snmpEngineID", octets(32), "Identity of this engine.", value=lambda self: self.engine_id),
        Column(2, "snmpEngineBoots", INTEGER32, "Times the engine was started.", value=lambda self: self.engine_boots),
        Column(3, "snmpEngineTime", INTEGER32, "Seconds since it was last started.",
               value=lambda self: self.engine_time_s(), live=True),
        Column(4, "snmpEngineMaxMessageSize", INTEGER32, "Largest message it handles.",
               value=lambda self: self.settings.max_message_size),
    ),
)  # fmt: skip

MPD = Scalars(
    0,
    "snmpMPDStats",
    (
        counter(1, "snmpUnknownSecurityModels", "Messages of a security model there is not.",
                 lambda self: self.counts.unknown_security_models),
        counter(2, "snmpInvalidMsgs", "Messages with privacy and without authentication, or otherwise impossible.",
                 lambda self: self.counts.invalid_msgs),
        counter(3, "snmpUnknownPDUHandlers", "Messages nobody here takes.",
                 lambda self: self.counts.unknown_pdu_handlers),
    ),
)  # fmt: skip
USM = Scalars(
    0,
    "usmStats",
    (
        counter(1, "usmStatsUnsupportedSecLevels", "Messages at a level the user does not have.",
                 lambda self: self.counts.unsupported_sec_levels),
        counter(2, "usmStatsNotInTimeWindows", "Messages outside the time window.",
                 lambda self: self.counts.not_in_time_windows),
        counter(3, "usmStatsUnknownUserNames", "Messages of users there are not.",
                 lambda self: self.counts.unknown_user_names),
        counter(4, "usmStatsUnknownEngineIDs", "Messages for other engines, discovery included.",
                 lambda self: self.counts.unknown_engine_ids),
        counter(5, "usmStatsWrongDigests", "Messages whose digest is wrong.",
                 lambda self: self.counts.wrong_digests),
        counter(6, "usmStatsDecryptionErrors", "Messages that could not be decrypted.",
                 lambda self: self.counts.decryption_errors),
    ),
)  # fmt: skip
CONTEXTS = Scalars(
    0,
    "snmpTargetStats",
    (
        counter(4, "snmpUnavailableContexts", "Messages for a context that is not available now.",
                 lambda self: self.counts.unavailable_contexts),
        counter(5, "snmpUnknownContexts", "Messages for a context there is not.",
                 lambda self: self.counts.unknown_contexts),
    ),
)  # fmt: skip


GROUPS = (
    Group(10, "snmpEngine", "RFC 3411.", (ENGINE,), oid=(1, 3, 6, 1, 6, 3, 10, 2, 1)),
    Group(3, "snmpMPDStats", "RFC 3412.", (MPD,), oid=(1, 3, 6, 1, 6, 3, 11, 2, 1)),
    Group(4, "snmpTargetStats", "RFC 3413.", (CONTEXTS,), oid=(1, 3, 6, 1, 6, 3, 12, 1)),
    Group(5, "usmStats", "RFC 3414.", (USM,), oid=(1, 3, 6, 1, 6, 3, 15, 1, 1)),
)
