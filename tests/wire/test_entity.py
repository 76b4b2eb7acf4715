"""The entity, pure: what is answered, what meets silence, what is counted, and that nothing else happens."""

from __future__ import annotations

import pytest

from agent.wire.access import Access, AccessRow, Level, Match, Model
from agent.wire.command import REQUEST_OCTETS
from agent.wire.view import EVERYTHING, make_view
from tests.snmp import messages
from tests.snmp.agents import LONG, NUMBERS, PLAIN, SEALED, SIGNED, USERS, WIDE
from tests.snmp.messages import (
    AUTH,
    AUTHORIZATION_ERROR,
    REPORT,
    REPORTABLE,
    RESPONSE,
    TOO_BIG,
    V1,
    V2C,
    Oid,
    Peer,
    User,
)
from tests.wire.entities import ENGINE_ID, HERE, Bench
from tests.wire.grants import Grant, granting

ROW: Oid = (*NUMBERS, 1, 3)
ASKING = messages.pdu(messages.GET, [ROW], request_id=99)
THREE = [(2, b"\3")]


@pytest.mark.parametrize(
    ("datagram", "counter"),
    [
        (b"", "in_asn_parse_errs"),
        (b"\x30", "in_asn_parse_errs"),
        (messages.get(ROW)[:-1], "in_asn_parse_errs"),
        (messages.get(ROW) + b"\0", "in_asn_parse_errs"),
        (messages.message(ASKING, version=2), "in_bad_versions"),
        (messages.message(ASKING, version=-1), "in_bad_versions"),
        (messages.get(ROW, community=b"wrong"), "in_bad_community_names"),
        (messages.get(ROW, community=b"elsewhere"), "in_bad_community_names"),
        # Of a stranger's message no more is read than the community.
        (messages.message(b"\xa0\xff", community=b"wrong"), "in_bad_community_names"),
        (messages.message(b"\xa0\xff"), "in_asn_parse_errs"),
        (messages.message(messages.tlv(0xA0, b"\x02\x01")), "in_asn_parse_errs"),
        (messages.get(messages.varbind(ROW, b"\x24\x00")), "in_asn_parse_errs"),
        (messages.get(messages.varbind(ROW, b"\x47\x01\x01")), "in_asn_parse_errs"),
        (messages.message(messages.pdu(messages.GET, [ROW], request_id=2**31)), "in_asn_parse_errs"),
        (messages.message(messages.pdu(messages.RESPONSE, [ROW])), None),
        (messages.message(messages.pdu(messages.TRAP, [ROW])), None),
        (messages.message(messages.pdu(messages.GET_BULK, [ROW], b=1), version=V1), None),
    ],
)
def test_what_meets_silence_is_counted_once(datagram: bytes, counter: str | None) -> None:
    bench = Bench()
    assert bench.answer(datagram) is None
    assert bench.counters.in_pkts == 1
    assert bench.counted() == ({counter: 1} if counter else {})


@pytest.mark.parametrize(
    ("community", "address", "is_good"),
    [
        (b"public", "203.0.113.9", True), (b"public", "2001:db8::9", True), (b"public", "fe80::1%eth0", True),
        (b"Public", "127.0.0.1", False), (b"publi", "127.0.0.1", False), (b"", "127.0.0.1", False),
        (b"elsewhere", "192.0.2.255", True), (b"elsewhere", "192.0.3.0", False),
        (b"elsewhere", "2001:db8:ffff::1", True), (b"elsewhere", "2001:db9::1", False),
        (b"here", "127.255.0.1", True), (b"here", "::1", True), (b"here", "fe80::1%eth0", False),
    ],
)  # fmt: skip
def test_a_community_is_good_from_its_networks_alone(community: bytes, address: str, *, is_good: bool) -> None:
    for version in (V1, V2C):
        raw = Bench().answer(messages.get(ROW, community=community, version=version), address)
        assert (raw is not None) is is_good


def test_rfc3415_3_2_a_level_below_the_users_is_for_access_control_to_decide() -> None:
    view = make_view([(1, 3)], [])
    access = granting({(Model.USM, "sealed"): Grant(Level.AUTH_NO_PRIV, view)})
    bench = Bench(access=access)
    for flags in (AUTH, SEALED.level):
        answer = bench.ask_as(SEALED, ASKING, flags=flags | REPORTABLE)
        assert (answer.flags, answer.pdu.tag, answer.pdu.values) == (flags, RESPONSE, THREE)
    answer = bench.ask_as(SEALED, ASKING, flags=REPORTABLE)
    assert (answer.flags, answer.pdu.outcome) == (0, (AUTHORIZATION_ERROR, 0))
    # A user without any grant is known to USM, and to nobody else (noGroupName).
    answer = bench.ask_as(SIGNED, ASKING)
    assert (answer.flags, answer.pdu.outcome) == (AUTH, (AUTHORIZATION_ERROR, 0))
    assert bench.counted() == {}


@pytest.mark.parametrize("version", [V1, V2C])
def test_rfc3584_a_community_without_a_grant_is_refused_and_counted(version: int) -> None:
    bench = Bench(access=Access({}))
    answer = messages.read(bench.answer(messages.get(ROW, version=version)) or b"")
    assert answer.outcome == ((messages.NO_SUCH_NAME if version == V1 else AUTHORIZATION_ERROR), 0)
    assert answer.varbinds == [(ROW, (5, b""))]
    assert bench.counted() == {"in_bad_community_uses": 1}


@pytest.mark.parametrize("version", [V1, V2C])
def test_a_community_of_a_context_there_is_not_meets_silence(version: int) -> None:
    bench = Bench(access=Access({}, contexts={"other": EVERYTHING}))
    assert bench.answer(messages.get(ROW, version=version)) is None
    assert bench.counted() == {"unknown_contexts": 1}


def test_a_context_that_there_is_is_served() -> None:
    grants = {(Model.USM, "plain"): Grant(Level.NO_AUTH_NO_PRIV, make_view([(1,)], []))}
    bench = Bench(access=granting(grants, contexts={"": EVERYTHING, "clock": EVERYTHING}))
    answer = bench.ask_as(PLAIN, ASKING, context=b"clock")
    assert (answer.context, answer.pdu.values) == (b"clock", THREE)
    assert bench.ask_as(PLAIN, ASKING, context=b"clocks").pdu.tag == REPORT


def shown_in(context: str, granted: str = "") -> Bench:
    """An entity of which every community and user may read one row, in one context alone where `granted` names it."""
    row = AccessRow(Level.NO_AUTH_NO_PRIV, "all", context=granted, match=Match.EXACT if granted else Match.PREFIX)
    groups = {(model, name): "all" for model in Model for name in ("community0", "community1", "community2", "plain")}
    contexts = {"": EVERYTHING, context: EVERYTHING, "other": make_view([], [])}
    return Bench(
        access=Access(groups, {"all": (row,)}, {"all": EVERYTHING}, contexts),
        communities=[{"name": "public"}, {"name": "fleet", "context": ""}, {"name": "bound", "context": "other"}],
    )


@pytest.mark.parametrize("version", [V1, V2C])
@pytest.mark.parametrize(
    ("community", "here", "is_seen"),
    [
        (b"public", "", False), (b"public", "clock", True), (b"fleet", "clock", True), (b"public@", "clock", True),
        (b"public@clock", "", True), (b"public@clock", "other", True),
        (b"public@other", "clock", False), (b"bound", "clock", False),
    ],
)  # fmt: skip
def test_a_community_without_a_context_is_answered_in_the_one_of_the_place_it_came_to(
    version: int,
    community: bytes,
    here: str,
    is_seen: bool,  # noqa: FBT001
) -> None:
    bench = shown_in("clock", granted="clock")
    raw = bench.entity.answer(messages.get(ROW, version=version, community=community), HERE, here)
    answer = messages.read(raw or b"")
    assert (answer.outcome == (0, 0)) is is_seen, "the row is granted in that context alone"


def test_an_empty_context_name_is_answered_in_the_one_of_the_place_it_came_to_and_comes_back_empty() -> None:
    bench = shown_in("clock", granted="clock")

    def outcome(context: bytes, here: str) -> tuple[bytes, tuple[int, int]]:
        answered = bench.entity.answer(bench.peer.build(PLAIN, ASKING, context=context), HERE, here)
        answer = bench.peer.read(answered or b"", PLAIN)
        return answer.context, answer.pdu.outcome

    assert outcome(b"", "clock") == (b"", (0, 0))
    assert outcome(b"clock", "other") == (b"clock", (0, 0))
    assert outcome(b"", "") == (b"", (AUTHORIZATION_ERROR, 0))
    assert outcome(b"other", "clock") == (b"other", (AUTHORIZATION_ERROR, 0))


def test_a_place_whose_context_there_is_not_meets_silence_and_a_report() -> None:
    bench = shown_in("clock")
    assert bench.entity.answer(messages.get(ROW), HERE, "nowhere") is None
    answered = bench.entity.answer(bench.peer.build(PLAIN, ASKING), HERE, "nowhere")
    assert bench.peer.read(answered or b"", PLAIN).pdu.tag == REPORT
    assert bench.counted() == {"unknown_contexts": 2}


@pytest.mark.parametrize("tag", [messages.GET, messages.GET_NEXT, messages.SET])
@pytest.mark.parametrize("value", [b"\x46\x09\0" + b"\xff" * 8, b"\x80\x00", b"\x82\x00", b"\x44\x02ab"])
def test_rfc3584_values_that_v1_has_not_are_harmless_in_a_v1_request(tag: int, value: bytes) -> None:
    bench = Bench()
    raw = bench.answer(messages.message(messages.pdu(tag, [messages.varbind(ROW, value)]), version=V1))
    answer = messages.read(raw or b"")
    assert answer.outcome == ((messages.NO_SUCH_NAME, 1) if tag == messages.SET else (0, 0))


def test_an_echo_of_counter64_to_v1_is_what_came() -> None:
    raw = Bench().answer(messages.get(messages.varbind((*WIDE, 1, 1), b"\x46\x01\x05"), version=V1))
    assert messages.read(raw or b"").varbinds == [((*WIDE, 1, 1), (0x46, b"\5"))]


@pytest.mark.parametrize("version", [V1, V2C])
@pytest.mark.parametrize("count", range(50, 130, 5))
def test_rfc3416_4_2_1_an_echo_or_answer_that_does_not_fit_is_too_big_with_an_empty_list(
    version: int, count: int
) -> None:
    bench = Bench()
    answer = messages.read(bench.answer(messages.get(*[(1, 3, 9, 9)] * count, version=version)) or b"")
    assert answer.size <= 1472
    if answer.status == TOO_BIG:
        assert (answer.index, answer.varbinds) == (0, [])
        assert count > 100
    else:
        assert answer.outcome == ((messages.NO_SUCH_NAME, 1) if version == V1 else (0, 0))
        assert len(answer.varbinds) == count


def test_requests_larger_than_is_worked_on_are_too_big() -> None:
    bench = Bench()
    value = messages.varbind(ROW, messages.string(bytes(REQUEST_OCTETS)))
    huge = messages.pdu(messages.GET, [value], request_id=99)
    for version in (V1, V2C):
        answer = messages.read(bench.answer(messages.message(huge, version=version)) or b"")
        assert (answer.request_id, answer.outcome, answer.varbinds) == (99, (TOO_BIG, 0), [])
    for user in USERS:
        answered = bench.ask_as(user, huge)
        assert (answered.pdu.request_id, answered.pdu.outcome, answered.flags) == (99, (TOO_BIG, 0), user.level)
    assert bench.counted() == {"oversized": 2 + len(USERS)}
    assert bench.answer(messages.message(messages.pdu(messages.TRAP, [value]))) is None
    large = Bench(max_message_size=65_507)
    assert messages.read(large.answer(messages.message(huge)) or b"").values == THREE


@pytest.mark.parametrize("size", [484, 485, 500, 700, 1000, 1472, 65_507])
@pytest.mark.parametrize("user", USERS, ids=lambda user: user.name.decode())
def test_rfc3416_4_2_3_get_bulk_leaves_less_room_than_the_next_varbind_would_take(user: User, size: int) -> None:
    bench = Bench(max_message_size=min(size + 300, 65_507))
    for names in ([NUMBERS], [LONG], [NUMBERS, LONG]):
        answer = bench.ask_as(user, messages.pdu(messages.GET_BULK, names, b=5000), max_size=size)
        assert (answer.pdu.outcome, answer.size <= size) == ((0, 0), True)
        if size < 1500 and names == [NUMBERS]:
            assert answer.size > size - 45, "one more would have fitted"


def test_rfc3412_7_1_a_report_about_a_context_as_long_as_a_message_fits() -> None:
    bench = Bench()
    for octets, echoed in ((32, 32), (255, 255), (2000, 0)):
        answer = bench.ask_as(PLAIN, messages.pdu(messages.GET, [ROW]), context=b"x" * octets)
        assert answer.size <= 1472
        assert (answer.pdu.tag, len(answer.context)) == (REPORT, echoed)
    # Not even the empty response to a request that is too large has room for this one (snmpSilentDrops).
    assert bench.answer(bench.peer.build(PLAIN, ASKING, context=bytes(60_000))) is None
    assert bench.counted() == {"unknown_contexts": 3, "oversized": 1, "silent_drops": 1}


def test_an_unknown_sender_learns_nothing_of_a_fault_and_a_known_one_gets_gen_err() -> None:
    bench = Bench()

    def fail(key: bytes) -> bytes:
        raise ZeroDivisionError

    bench.store.get = fail  # type: ignore[method-assign]
    assert bench.answer(messages.get(ROW, community=b"wrong")) is None
    assert bench.ask_as(User(b"nobody"), ASKING).pdu.tag == REPORT
    assert bench.problems == []
    for version in (V1, V2C):
        answer = messages.read(bench.answer(messages.get(ROW, version=version)) or b"")
        assert (answer.outcome, answer.varbinds) == ((messages.GEN_ERR, 0), [(ROW, (5, b""))])
    for user in USERS:
        assert bench.ask_as(user, ASKING).pdu.outcome == (messages.GEN_ERR, 0)
    big = [messages.varbind(ROW, messages.string(bytes(2000)))]
    assert messages.read(bench.answer(messages.get(*big)) or b"").outcome == (TOO_BIG, 0)
    assert {type(problem) for _, problem in bench.problems} == {ZeroDivisionError}
    assert bench.problems[0][0] == "request-failed pdu=0xa0 from=127.0.0.1"


def test_long_names_are_not_kept_in_memory() -> None:
    from agent.wire import pdu

    bench = Bench()
    before = pdu._remembered.cache_info().currsize
    for number in range(200):
        name = (*ROW, *[2**32 - 1] * 100, number)
        assert messages.read(bench.answer(messages.get(name)) or b"").values == [messages.NO_SUCH_INSTANCE]
    assert pdu._remembered.cache_info().currsize == before


def test_rfc3412_7_1_the_smallest_maximum_of_a_manager_is_484() -> None:
    bench = Bench()
    assert bench.answer(bench.peer.build(PLAIN, ASKING, max_size=483)) is None
    assert bench.counted() == {"in_asn_parse_errs": 1}
    assert bench.ask_as(PLAIN, ASKING, max_size=484).pdu.values == THREE


def test_rfc3414_4_discovery_with_any_level_is_answered_without_protection() -> None:
    bench = Bench()
    for user in (User(b""), *USERS):
        answer = bench.ask_as(user, ASKING, Peer())
        assert (answer.pdu.tag, answer.flags, answer.engine_id) == (REPORT, 0, ENGINE_ID)
    assert bench.counted() == {"unknown_engine_ids": 1 + len(USERS)}
