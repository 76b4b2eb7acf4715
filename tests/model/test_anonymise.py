"""What must not be in a capture any more, and what must still be."""

from __future__ import annotations

import ipaddress
import json
import random
import re
import string
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from agent.config import DeviceSettings
from agent.mib.build import build
from agent.mib.declaration import Feed
from agent.mib.module import northbound
from agent.mib.plan import make_plan
from agent.mib.view import DeviceView
from agent.model.anonymise import REDACTED, Anonymised, anonymise
from agent.model.document import graft
from agent.model.exchange import ExchangeLog
from agent.model.health import DeviceState, Health
from agent.model.identity import Identities
from agent.sim import SimSpec, build_configuration, build_status
from agent.sim.documents import NodeNotFoundError, answer
from agent.sim.moment import Moment

NOW = datetime(2026, 3, 22, 20, 26, 47, tzinfo=timezone.utc)
CAPTURE = Path(__file__).resolve().parents[3] / "shared" / "captures" / "m300-api10.json"
BRANCHES = ("system", "notification", "network/general", "network/interfaces", "network/ports", "ntp", "security")

Documents = dict[str, Any]


def simulated(generation: int, **size: int) -> Documents:
    spec = SimSpec(generation=generation, rubidium=True, **size)
    status = build_status(spec, NOW)
    documents: Documents = {"status": status}
    for branch in BRANCHES:
        documents[f"configuration/{branch}"] = answer(Moment(spec, NOW), ["configuration", *branch.split("/")])
    for slot in status["data"]["chassis0"]["slots"]:
        try:
            card = build_configuration(spec, slot["object-id"], NOW)
        except NodeNotFoundError:
            continue
        documents[f"configuration/chassis0/slots/{slot['object-id']}/module"] = card
    return documents


def captured() -> Documents:
    if not CAPTURE.exists():
        pytest.skip(f"the real capture is not part of the project and not at {CAPTURE}")
    return {"status": json.loads(CAPTURE.read_text(encoding="utf-8"))}


@pytest.fixture(params=["api8", "api10", "api20", "real"])
def documents(request: pytest.FixtureRequest) -> Documents:
    return captured() if request.param == "real" else simulated(int(request.param[3:]))


def leaves(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(node, dict) and node:
        for name, member in node.items():
            yield from leaves(member, (*path, name))
    elif isinstance(node, list) and node:
        for position, element in enumerate(node):
            yield from leaves(element, (*path, position))
    else:
        yield path, node


def one(name: str, value: Any, **others: Any) -> Any:
    """What becomes of one member of a document."""
    return anonymise({"status": {name: value, **others}}, b"key").documents["status"][name]


def text_of(result: Anonymised) -> str:
    return json.dumps(result.documents, ensure_ascii=False)


def is_plain(address: str) -> bool:
    """Whether an address names somebody; judged by other means than the anonymiser's."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if found.is_loopback or found.is_unspecified or found.is_multicast:
        return False
    return found.version == 6 or not re.fullmatch(r"255\.\d+\.\d+\.\d+|.*\.255", address)


def identities(documents: Documents) -> set[str]:
    """The originals that must not be found any more."""
    found = set()
    for path, value in leaves(documents):
        if not isinstance(value, str):
            continue
        name = path[-1] if isinstance(path[-1], str) else ""
        core = value.strip()
        if (
            (re.search(r"serial-number|master-serial|xhe-id|rub-id", name) and core not in ("", "N/A"))
            or (
                re.fullmatch(r"([0-9a-f]{2}:){5}[0-9a-f]{2}|[0-9a-f]{16}", core)
                and set(core) - set("0:")
                and set(core) != {"f"}
            )
            or is_plain(core)
            or (
                name in ("hostname", "domain", "name", "contact") and ("." in core or "@" in core) and core[0].isalpha()
            )
            or (name == "position" and "." in core)
        ):
            found.add(core)
    return found


def forms(value: Any) -> str:
    """The form of a leaf: every digit and letter as a class."""
    return re.sub(r"[A-Za-z]", "a", re.sub(r"\d", "0", str(value)))


def cells(documents: Documents) -> tuple[Counter[str], Counter[str]]:
    """Rows of each column the agent makes of the documents, and drift by object."""
    root: dict[str, Any] = {}
    for path, content in documents.items():
        root = graft(root, path, content)
    view = DeviceView(
        index=1,
        settings=DeviceSettings(name="test", address="192.0.2.1"),
        root=root,
        health=Health(state=DeviceState.UP),
        identities=Identities(),
        now=NOW,
        log=ExchangeLog(limit=1),
    )
    module = northbound()
    names = {located.oid: located.column.name for located in module.objects.values()}
    built, memory = build(make_plan(module), (Feed.DOCUMENT,), view, {})
    more, _ = build(make_plan(module), (Feed.LEFTOVERS,), view, memory)
    rows = Counter({names[part.oid]: len(part.keys) for part in [*built, *more]})
    return rows, Counter(drift.object_name for drift in view.notes.drift.values())


def test_no_original_identity_is_left_anywhere(documents: Documents) -> None:
    originals = identities(documents)
    assert len(originals) >= 5
    shown = text_of(anonymise(documents, b"key"))
    for original in originals:
        pattern = rf"(?<![\w.:-]){re.escape(original)}(?![\w:-]|\.\w)"
        assert not re.search(pattern, shown, re.IGNORECASE), original
        if len(original) > 9:
            assert original.lower() not in shown.lower(), original


def test_leaves_types_and_places_stay(documents: Documents) -> None:
    before, after = list(leaves(documents)), list(leaves(anonymise(documents, b"key").documents))
    assert [path for path, _ in before] == [path for path, _ in after]
    assert [type(value) for _, value in before] == [type(value) for _, value in after]


def test_what_names_nobody_stays_to_the_letter(documents: Documents) -> None:
    changed = {}
    for (path, old), (_, new) in zip(leaves(documents), leaves(anonymise(documents, b"key").documents), strict=True):
        if old != new:
            changed[path] = old
    kinds = {path[-1] if isinstance(path[-1], str) else path[-2] for path in changed}
    assert kinds <= {
        "serial-number", "hostname", "domain", "location", "contact", "position", "mac-address", "address",
        "perm-hwaddr",
        "latitude", "longitude", "altitude", "position-x", "position-y", "position-z", "ipv4-address", "ipv6-address",
        "gateway", "nameserver-1", "default-gateway-ipv4", "default-gateway-ipv6", "system-clock-id", "clock-identity",
        "grandmaster-identity", "alias", "addr", "grantor-addr", "id", "name", "xhe-id", "rub-id",
    }  # fmt: skip


def test_lengths_and_forms_stay_where_they_can(documents: Documents) -> None:
    same_form = {
        "serial-number",
        "hostname",
        "mac-address",
        "perm-hwaddr",
        "alias",
        "location",
        "xhe-id",
        "rub-id",
        "name",
    }
    pairs = zip(leaves(documents), leaves(anonymise(documents, b"key").documents), strict=True)
    for (path, old), (_, new) in pairs:
        if path[-1] in same_form:
            assert len(str(old)) == len(str(new)), path
            if "mac" not in path[-1] and "hwaddr" not in path[-1]:
                assert forms(old) == forms(new), path
        if path[-1] in ("mac-address", "perm-hwaddr"):
            assert re.fullmatch(r"([0-9a-f]{2}:){5}[0-9a-f]{2}", new)
            assert new[:8] == old[:8]
        if path[-1] == "clock-identity":
            assert re.fullmatch(r"[0-9a-f]{16}", new)
            assert new[6:10] == old[6:10]
        if path[-1] == "position":
            assert re.fullmatch(r"-?\d+\.\d{6}, -?\d+\.\d{6}", new)


def test_the_agent_reads_the_same_cells(documents: Documents) -> None:
    assert cells(documents) == cells(anonymise(documents, b"key").documents)


def test_addresses_come_from_the_documentation_nets(documents: Documents) -> None:
    v4 = [ipaddress.ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]
    v6 = ipaddress.ip_network("2001:db8::/32")
    for _, value in leaves(anonymise(documents, b"key").documents):
        if isinstance(value, str) and is_plain(value):
            address = ipaddress.ip_address(value)
            assert address in v6 if address.version == 6 else any(address in net for net in v4)


def test_the_same_key_gives_the_same_and_another_one_others() -> None:
    documents = simulated(20)
    first, again, other = (anonymise(documents, key) for key in (b"one", b"one", b"two"))
    assert first == again
    pairs = list(zip(leaves(first.documents), leaves(other.documents), strict=True))
    serials = [(a, b) for (path, a), (_, b) in pairs if path[-1] == "serial-number" and a not in ("", "N/A")]
    assert len(serials) > 10
    assert all(a != b for a, b in serials)
    assert first.counts == other.counts


def test_an_empty_key_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        anonymise({}, b"")


def test_the_given_documents_are_not_changed() -> None:
    documents = simulated(10)
    before = json.dumps(documents)
    anonymise(documents, b"key")
    assert json.dumps(documents) == before


def test_counts_name_kinds_and_no_originals() -> None:
    result = anonymise(
        {"status": {"serial-number": "030111006950", "hostname": "a1.acme.ch", "rest": "10.9.8.7"}}, b"k"
    )
    assert result.counts == {"host": 1, "ipv4": 1, "serial": 1}


NOTHING = ("N/A", "", "never", "unknown", "-", "none", "                ")
SPECIAL = {
    "serial-number": ("000000000000",),
    "address": (
        "127.0.0.1", "127.127.8.0", "0.0.0.0", "255.255.254.0", "255.255.255.255", "224.0.1.129", "::", "::1",
        "ff0e::181", "localhost", "00:00:00:00:00:00", "dhcp",
    ),
    "refid": ("127.127.8.0", "GPS", "PZF", ".INIT."),
    "name": ("localhost", "127.127.8.0", "CEST"),
    "mac-address": ("00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "01:1b:19:00:00:00", "01-80-c2-00-00-0e"),
    "clock-identity": ("0000000000000000", "ffffffffffffffff", "ff:ff:ff:ff:ff:ff:ff:ff"),
    "location": (), "hostname": ("localhost",), "rub-id": ("0",), "alias": (), "timestamp": ("2026-03-22T20:26:47",),
    "cpuload": ("0.26 0.33 0.29 2/73 24592",), "current-time": ("2026-03-22T20:26:47.622380042 UTC",),
}  # fmt: skip


@pytest.mark.parametrize(("name", "value"), [(name, v) for name, own in SPECIAL.items() for v in (*NOTHING, *own)])
def test_special_values_stay(name: str, value: str) -> None:
    assert one(name, value) == value


@pytest.mark.parametrize("value", [0, 0.0, None, True, False, [], {}])
@pytest.mark.parametrize("name", ["serial-number", "latitude", "position-x", "password", "hostname"])
def test_empty_and_zero_leaves_stay(name: str, value: Any) -> None:
    assert one(name, value) == value


def test_a_padded_serial_stays_padded_and_is_the_same_unpadded() -> None:
    result = anonymise({"status": {"serial-number": "001122334455    ", "log": "clk1 s/n 1122334455 found"}}, b"k")
    padded = result.documents["status"]["serial-number"]
    assert re.fullmatch(r"00[1-9]\d{9}    ", padded)
    assert padded.strip()[2:] in result.documents["status"]["log"]


def test_numeric_serials_keep_their_type_and_digits() -> None:
    shown = anonymise({"status": {"serial-number": 30111006950, "text": "unit 030111006950"}}, b"k").documents["status"]
    assert isinstance(shown["serial-number"], int)
    assert len(str(shown["serial-number"])) == 11
    assert shown["text"] == f"unit 0{shown['serial-number']}"


def test_a_serial_line_has_no_serial_number() -> None:
    flags = {"serial": "if-sync", "pulse": "if-sync"}
    shown = anonymise(
        {"configuration/x": {"enable-flags": flags, "serial-port": "com1", "serial-speed": "19200"}}, b"k"
    )
    assert shown.documents["configuration/x"] == {
        "enable-flags": flags, "serial-port": "com1", "serial-speed": "19200",
    }  # fmt: skip


def test_identities_are_replaced_within_texts_object_ids_and_names() -> None:
    documents = {
        "status": {
            "hostname": "lts-zrh1.time.acme.ch",
            "serial-number": "030111006950",
            "mac": "00:13:95:03:66:aa",
            "address": "10.20.30.40",
            "v6": "2a00:1450:4001:81b::200e",
            "last-error": "LTS-ZRH1 (sn030111006950, 10.20.30.40:161, 0013950366AA, 00-13-95-03-66-AA) "
            "[2A00:1450:4001:81B::200E]:443 talks to backup.acme.ch about Acme",
            "peers": {"10.20.30.40": {"x": 1}, "lts-zrh1": {"x": 2}},
            "list": [
                {"object-id": "peer-10.20.30.40"},
                {"object-id": "lts-zrh1.time.acme.ch"},
                {"object-id": "010-020"},
            ],
        }
    }
    result = anonymise(documents, b"k")
    shown = text_of(result).lower()
    for original in ("zrh1", "acme", "030111006950", "10.20.30.40", "03:66:aa", "0366aa", "03-66-aa", "2a00:1450"):
        assert original not in shown, original
    status = result.documents["status"]
    serial, address, host = status["serial-number"], status["address"], status["hostname"].split(".")[0]
    assert f"(sn{serial}, {address}:161, {status['mac'].replace(':', '').upper()}, " in status["last-error"]
    assert status["last-error"].startswith(host.upper())
    assert status["v6"].upper() in status["last-error"]
    assert list(status["peers"]) == [address, host]
    assert status["list"] == [
        {"object-id": f"peer-{address}"}, {"object-id": status["hostname"]}, {"object-id": "010-020"},
    ]  # fmt: skip


def test_hosts_of_one_domain_stay_so() -> None:
    shown = anonymise(
        {"configuration/ntp": {"hostname": "a7.acme.ch", "domain": "acme.ch", "server": "ntp1.acme.ch", "peer": "b8"}},
        b"k",
    ).documents["configuration/ntp"]
    domain = shown["domain"]
    assert re.fullmatch(r"[a-z]{4}\.xz", domain)
    assert shown["hostname"].endswith(f".{domain}")
    assert shown["server"].endswith(f".{domain}")
    assert re.fullmatch(r"[a-z]\d", shown["peer"])
    assert shown["peer"] != "b8"


def test_a_host_named_like_the_device_does_not_take_the_document_apart() -> None:
    documents = simulated(10)
    documents["status"]["system-information"] |= {"hostname": "lantime"}
    documents["configuration/system"]["data"] |= {"hostname": "gps", "location": "m3000", "contact": "telecom-g8275-1"}
    shown = anonymise(documents, b"k").documents
    assert shown["status"]["system-information"]["hostname"] != "lantime"
    assert shown["status"]["system-information"]["model"] == "M3000"
    assert cells(documents) == cells(shown)


def test_host_names_known_from_elsewhere_are_replaced_too() -> None:
    documents = {"status": {"note-to-log": "asked by zrh-core-1 at 172.16.5.4 for poller.acme.example"}}
    shown = text_of(anonymise(documents, b"k", ("zrh-core-1", "172.16.5.4")))
    assert "zrh" not in shown
    assert "172.16" not in shown
    assert "acme" not in shown


def test_urls_and_mail_addresses() -> None:
    status = {
        "self": "https://10.1.2.3:8443/api/status?token=abcdef",
        "update": "ftp://joe:geheim@updates.acme.ch/lantime.upd",
        "v6": "http://[2a00:1450::9]/x",
        "single": "see http://timehost/manual",
        "local": "http://localhost/api/status",
        "to": "Max.Muster@acme.ch",
    }
    shown = anonymise({"status": status}, b"k").documents["status"]
    assert re.fullmatch(r"https://[\d.]+:8443/api/status\?token=redacted", shown["self"])
    assert re.fullmatch(r"ftp://redacted@[a-z]{7}\.[a-z]{4}\.xz/lantime\.upd", shown["update"])
    assert re.fullmatch(r"http://\[2001:db8:[0-9a-f:]+\]/x", shown["v6"])
    assert re.fullmatch(r"see http://[a-z]{8}/manual", shown["single"])
    assert shown["local"] == status["local"]
    assert re.fullmatch(r"[A-Z][a-z]{2}\.[A-Z][a-z]{5}@[a-z]{4}\.xz", shown["to"])
    for original in ("10.1.2.3", "abcdef", "joe", "geheim", "acme", "timehost", "Muster"):
        assert original not in json.dumps(shown)


def test_clock_identities_follow_the_mac_address_they_were_made_of() -> None:
    status = {
        "mac-address": "00:13:95:03:66:aa",
        "clock-identity": "001395fffe0366aa",
        "grandmaster-identity": "00:13:95:ff:fe:03:66:aa",
        "ptp4l": "001395.fffe.0366aa-1",
        "ipv6-address": "fe80::213:95ff:fe03:66aa",
        "global": "2a02:168:1:2:0213:95ff:fe03:66aa",
        "upper": "0013.9503.66AA",
        "gm-identity": "ec4670fffe001122",
        "eui": "ec46700001020304",
    }
    shown = anonymise({"status": status}, b"k").documents["status"]
    low = shown["mac-address"][9:].replace(":", "")
    assert shown["mac-address"].startswith("00:13:95:")
    assert low != "0366aa"
    assert shown["clock-identity"] == f"001395fffe{low}"
    assert shown["grandmaster-identity"].replace(":", "") == f"001395fffe{low}"
    assert shown["ptp4l"] == f"001395.fffe.{low}-1"
    assert shown["ipv6-address"] == str(ipaddress.ip_address(f"fe80::213:95ff:fe{low[:2]}:{low[2:]}"))
    assert ipaddress.ip_address(shown["global"]).packed[8:].hex() == f"021395fffe{low}"
    assert shown["upper"] == f"0013.95{low[:2]}.{low[2:]}".upper()
    assert re.fullmatch(r"ec4670fffe(?!001122)[0-9a-f]{6}", shown["gm-identity"])
    assert re.fullmatch(r"ec4670(?!0001020304)[0-9a-f]{10}", shown["eui"])


def test_ipv6_forms() -> None:
    status = {
        "a": "fe80::1%lan0", "b": "2a00:1450:0000:0000:0000:0000:0000:000e/64", "c": "2A00:1450::E",
        "d": "::ffff:10.1.2.3",
        "e": "at 20:26:47 from 2a00:1450::e:", "f": "ff02::1:ff03:66aa", "g": "20:26:47", "h": "addr:2a00:1450::e",
        "i": "2a00:1450::/64",
    }  # fmt: skip
    shown = anonymise({"status": status}, b"k").documents["status"]
    assert re.fullmatch(r"fe80::[0-9a-f]{1,4}%lan0", shown["a"])
    assert shown["a"] != status["a"]
    assert re.fullmatch(r"2001:0db8:([0-9a-f]{4}:){5}[0-9a-f]{4}/64", shown["b"])
    assert ipaddress.ip_address(shown["b"][:-3]) == ipaddress.ip_address(shown["c"])
    assert shown["c"].isupper()
    assert ipaddress.ip_address(shown["d"]).ipv4_mapped is not None
    assert "10.1.2.3" not in shown["d"]
    assert shown["e"] == f"at 20:26:47 from {shown['c'].lower()}:"
    assert shown["f"].startswith("ff02::")
    assert "66aa" not in shown["f"]
    assert shown["g"] == status["g"]
    assert shown["h"] == f"addr:{shown['c'].lower()}"
    assert shown["i"].endswith("::/64")
    assert shown["i"].startswith("2001:db8:")


def test_versions_are_no_addresses() -> None:
    documents = {"status": {"software-revision": "1.2.3.4", "version": "7.10.0.8", "oid": "1.3.6.1.4.1.5597"}}
    assert anonymise(documents, b"k").documents == documents


def test_positions_agree_with_each_other() -> None:
    satellites = {
        "latitude": 46.951083, "longitude": 7.438632, "altitude": 555.5,
        "position-x": 4325331.924, "position-y": 564728.368, "position-z": 4638460.298,
    }  # fmt: skip
    status = {
        "position": "46.951083, 7.438632",
        "satellites": satellites,
        "log": "moved to 46.951083/-7.438632",
        "ecef-position": [4325331.924, 564728.368, 4638460.298],
        "receiver": {"position": {"lat": "46.95 N", "lon": "7.43 W", "alt": "555 m"}},
        "dms": {"latitude": "46 57 3.9", "value": 1},
        "scaled": {"latitude": 46951083},
        "slot-position": "0,0,1",
        "position-hold": True,
    }
    shown = anonymise({"status": status}, b"k").documents["status"]
    there = shown["satellites"]
    assert shown["position"] == f"{there['latitude']:.6f}, {there['longitude']:.6f}"
    assert shown["log"] == f"moved to {there['latitude']:.6f}/{there['longitude']:.6f}"
    assert shown["ecef-position"] == [there["position-x"], there["position-y"], there["position-z"]]
    assert {name: len(repr(value).partition(".")[2]) for name, value in there.items()} == {
        name: len(repr(value).partition(".")[2]) for name, value in satellites.items()
    }
    radius = sum(there[f"position-{axis}"] ** 2 for axis in "xyz") ** 0.5
    assert 6_350_000 < radius < 6_380_000
    assert re.fullmatch(r"\d\d\.\d\d N", shown["receiver"]["position"]["lat"])
    assert re.fullmatch(r"\d\d\.\d\d [EW]", shown["receiver"]["position"]["lon"])
    assert shown["receiver"]["position"]["alt"] == "31 m"
    assert shown["dms"]["latitude"] == "13 37 2.2"
    assert shown["scaled"]["latitude"] == 13617284
    assert shown["slot-position"] == "0,0,1"


def test_what_an_operator_wrote() -> None:
    configuration = {
        "alias": "Zürich DC-1 GM",
        "location": "Rack 4, Basement",
        "sys-contact": "Max Muster +41 44 123 45 67",
        "description": "GM for trading floor",
        "users": [
            {"object-id": "mmuster", "access-level": "info"},
            {"object-id": "root", "access-level": "super-user"},
        ],
        "instances": [{"object-id": "Zürich DC-1 GM", "alias": "Zürich DC-1 GM"}],
        "last-change": "by mmuster on ZÜRICH DC-1 GM",
        "supported-string-types": [{"object-id": "uni-erlangen", "description": "uni-erlangen"}],
    }
    shown = anonymise({"configuration/system": configuration}, b"k").documents["configuration/system"]
    text = json.dumps(shown, ensure_ascii=False).lower()
    for original in ("rich", "basement", "muster", "123 45 67", "trading"):
        assert original not in text, original
    assert forms(shown["location"]) == forms(configuration["location"])
    assert len(shown["alias"]) == len(configuration["alias"])
    assert shown["instances"][0]["object-id"] == shown["instances"][0]["alias"] == shown["alias"]
    assert shown["last-change"] == f"by {shown['users'][0]['object-id']} on {shown['alias'].upper()}"
    assert shown["users"][1] == {"object-id": "root", "access-level": "super-user"}
    assert shown["supported-string-types"] == configuration["supported-string-types"]


def test_secrets() -> None:
    configuration = {
        "password": "Sesam-öffne-dich",
        "md5-key": "abc",
        "ntpKey": 4711,
        "key-id": 7,
        "password-set": True,
        "snmp": {
            "communities": [{"object-id": "s3cr3t-ro", "access": "ro"}, {"object-id": "s3cr3t-rw", "access": "rw"}],
            "by-name": {"communities": {"s3cr3t-ro": {"level": 1}, "s3cr3t-rw": {"level": 2}}},
            "priv-passphrase": "correct horse",
        },
        "tokens": ["A1B2C3D4E5F60718", "ffeeddcc"],
        "web": {"certificate": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"},
        "log": "login with Sesam-öffne-dich",
    }
    result = anonymise({"configuration/security": configuration}, b"k")
    shown = result.documents["configuration/security"]
    text = json.dumps(shown, ensure_ascii=False)
    for original in ("Sesam", "abc", "4711", "s3cr3t", "horse", "A1B2", "ffee", "MIIB"):
        assert original not in text, original
    assert shown["password"] == shown["md5-key"] == shown["web"]["certificate"] == REDACTED
    assert (shown["ntpKey"], shown["key-id"], shown["password-set"]) == (0, 7, True)
    names = [row["object-id"] for row in shown["snmp"]["communities"]]
    assert len(set(names)) == 2
    assert list(shown["snmp"]["by-name"]["communities"]) == names
    assert len(list(leaves(shown))) == len(list(leaves(configuration)))


def test_many_clients_have_addresses_of_their_own() -> None:
    clients = [{"object-id": f"client{n}", "addr": f"10.{n >> 8}.{n & 255}.7"} for n in range(2048)]
    started = time.monotonic()
    shown = anonymise({"status": {"unicast-clients": clients}}, b"k").documents["status"]["unicast-clients"]
    assert len({client["addr"] for client in shown}) == 2048
    assert time.monotonic() - started < 5


def test_different_identities_stay_different() -> None:
    names = [f"{a}{b}" for a in string.ascii_lowercase[:6] for b in range(10)]
    shown = anonymise({"status": {"ntp": [{"name": name, "stratum": 1} for name in names]}}, b"k").documents["status"]
    made = [row["name"] for row in shown["ntp"]]
    assert len(set(made)) == len(names)
    assert not set(made) & set(names)


def test_names_that_become_equal_lose_no_leaf() -> None:
    documents = {"status": {"10.0.0.1": 1, "10-0-0-1": 2, "010.000.000.001": 3}}
    assert sorted(anonymise(documents, b"k").documents["status"].values()) == [1, 2, 3]


SEPARATORS = (*" -:/_()[],;=@\"'%\n", "x", "::")


def test_identities_do_not_hide_behind_each_other() -> None:
    """Whatever stands between them, and in whatever order, all are found."""
    for seed in range(150):
        chance = random.Random(seed)
        letters = "".join(chance.choices(string.ascii_lowercase, k=6))
        originals = {
            "serial-number": "".join(chance.choices(string.digits, k=chance.choice((8, 10, 12)))),
            "hostname": f"{letters}-{chance.randrange(10, 99)}.{letters[::-1]}q.{chance.choice(('ch', 'local'))}",
            "address": f"{chance.randrange(11, 126)}.{chance.randrange(256)}.{chance.randrange(256)}.77",
            "ipv6-address": str(ipaddress.IPv6Address(0x2A00 << 112 | chance.getrandbits(100))),
            "mac-address": bytes((0, *chance.randbytes(5))).hex(":"),
            "clock-identity": f"ec4670fffe{chance.randbytes(3).hex()}",
        }
        texts = [
            "".join(f"{chance.choice(SEPARATORS)}{part}{chance.choice(SEPARATORS)}"
                    for part in chance.sample(sorted(originals.values()), 4))
            for _ in range(8)
        ]  # fmt: skip
        documents = {"status": {"a": originals, "texts": texts, texts[0]: {"z": 1}}}
        shown = text_of(anonymise(documents, b"k" + bytes([seed])))
        for original in (*originals.values(), letters, originals["mac-address"][9:]):
            found = re.search(rf"(?<!\d){re.escape(original)}(?!\d)", shown, re.IGNORECASE)
            assert found is None, (seed, original)


def test_long_texts_take_no_long() -> None:
    started = time.monotonic()
    for text in (
        "a" * 200_000,
        "a." * 100_000,
        "1:" * 100_000,
        "a@" * 50_000,
        "::" * 50_000,
        "0123456789abcdef" * 10_000,
    ):
        anonymise({"status": {"text-of-log": text, "hostname": "zrh1.acme.ch"}}, b"k")
    assert time.monotonic() - started < 10


def test_a_device_of_full_size_in_reasonable_time() -> None:
    documents = simulated(20, hps_cards=4, clients=500)
    started = time.monotonic()
    result = anonymise(documents, b"k")
    assert time.monotonic() - started < 8
    assert len(list(leaves(result.documents))) == len(list(leaves(documents)))
