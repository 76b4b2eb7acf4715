"""The configuration file: what it may say, and what is told of a mistake."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from agent.config import DEFAULT_ROOT, DeviceSettings, Settings, TlsSettings, load_overlay, load_settings, parse_listen
from agent.errors import ConfigError

DEVICE = {"name": "a", "address": "192.0.2.1"}


def load(folder: Path, data: Any) -> Settings:
    """Settings of a file with this content."""
    path = folder / "agent.yaml"
    path.write_text(data if isinstance(data, str) else yaml.safe_dump(data), encoding="utf-8")
    return load_settings(path)


def device(folder: Path, **options: Any) -> DeviceSettings:
    return load(folder, {"devices": [{**DEVICE, **options}]}).devices[0]


def problem(folder: Path, data: Any) -> str:
    """What is told of a mistake, without the folder."""
    with pytest.raises(ConfigError) as caught:
        load(folder, data)
    assert str(caught.value).startswith(f"{folder}/agent.yaml")
    return str(caught.value).removeprefix(f"{folder}/")


def dev(**options: Any) -> dict[str, Any]:
    return {"devices": [{**DEVICE, **options}]}


def user(**options: Any) -> dict[str, Any]:
    return {"snmp": {"users": [{"name": "noc", "auth": {"passphrase": "${LAB_SECRET}"}, **options}]}}


MISTAKES: list[tuple[Any, list[str]]] = [
    # what is written, words of the answer: file and key first
    ({"devise": []}, ["agent.yaml: devise: unknown key; known here: ", "devices", "root_oid", "state_dir"]),
    (dev(adress="x"), ["agent.yaml: devices[0].adress: unknown key; known here: ", "address", "username"]),
    (dev(poll={"intervall_s": 30}), ["devices[0].poll.intervall_s: unknown key; known here: ", "interval_s", "mode"]),
    (dev(tls={"check": True}), ["devices[0].tls.check: unknown key; known here: ca_file, fingerprint, verify"]),
    ({"snmp": {"views": {"ops": {"includ": []}}}}, ["ops.includ: unknown key; known here: exclude, include"]),
    ({"devices": [{"name": "a"}]}, ["agent.yaml: devices[0].address: is missing"]),
    ({"devices": {"a": 1}}, ["agent.yaml: devices: must be a list"]),
    (dev(port="many"), ["devices[0].port: Input should be a valid integer"]),
    (dev(port=70000), ["devices[0].port: Input should be less than or equal to 65535"]),
    (dev(scheme="ftp"), ["devices[0].scheme: Input should be 'https' or 'http'"]),
    (dev(auth="digest"), ["devices[0].auth: Input should be 'basic' or 'token'"]),
    (dev(enabled="perhaps"), ["devices[0].enabled: Input should be a valid boolean"]),
    (dev(name="has blank"), ["devices[0].name: 1 to 32 letters, digits"]),
    (dev(name="x" * 33), ["devices[0].name: 1 to 32 letters, digits"]),
    (dev(address="https://192.0.2.1"), ["devices[0].address: a host name or IP address, without scheme"]),
    (dev(address="user:pw@host"), ["devices[0].address: a host name or IP address, without"]),
    (dev(address="192.0.2.1:8443"), ["devices[0].address: a host name or IP address, without scheme, port"]),
    (dev(address="host/path"), ["devices[0].address: a host name or IP address"]),
    (dev(address=""), ["devices[0].address: a host name or IP address"]),
    (dev(poll={"interval_s": 9.9}), ["devices[0].poll.interval_s: Input should be greater than or equal to 10"]),
    ({"poll": {"interval_s": 5}}, ["agent.yaml: poll.interval_s: Input should be greater than or equal to 10"]),
    (dev(poll={"interval_s": float("nan")}), ["devices[0].poll.interval_s: "]),
    (dev(poll={"mode": "all"}), ["devices[0].poll.mode: Input should be 'tree' or 'subtrees'"]),
    (dev(poll={"subtrees": ["/api/ntp"]}), ["devices[0].poll: subtrees: '/api/ntp' is not a path below /api/status"]),
    (dev(password="${LAB_SECRET}"), ["devices[0]: username and password belong together; give both or none"]),
    (dev(username="x"), ["devices[0]: username and password belong together; give both or none"]),
    (dev(username="x", password="hunter2"), ["devices[0].password: a secret is not written into this file",
                                             "${VARIABLE}, file:/path or credential:NAME"]),
    (dev(username="x", password=1234), ["devices[0].password: must be text"]),
    (dev(username="x", password="${NO_SUCH_VARIABLE}"),
     ["devices[0].password: environment variable NO_SUCH_VARIABLE is not set"]),
    (dev(username="${NO_SUCH_VARIABLE}", password="${LAB_SECRET}"),
     ["devices[0]: environment variable NO_SUCH_VARIABLE is not set"]),
    (dev(username="a:b", password="${LAB_SECRET}"), ["devices[0]: username: must not be empty or hold a colon"]),
    (dev(username="x", password="file:/no/such/file"),
     ["devices[0].password: cannot read /no/such/file: No such file or directory"]),
    (dev(username="x", password="credential:lantime"),
     ["devices[0].password: CREDENTIALS_DIRECTORY is not set", "LoadCredential="]),
    (dev(tls={"ca_file": "a", "fingerprint": "0" * 64}), ["devices[0].tls: ca_file and fingerprint exclude"]),
    (dev(tls={"verify": False, "fingerprint": "0" * 64}), ["devices[0].tls: verify: false excludes ca_file"]),
    (dev(tls={"ca_file": "none.pem"}), ["devices[0].tls: ca_file: ", "none.pem is not a file"]),
    (dev(tls={"fingerprint": "12:34"}), ["devices[0].tls.fingerprint: a SHA-256 fingerprint: 64 hexadecimal digits"]),
    (dev(proxy="socks5://p"), ["devices[0]: proxy: bypass, system, or a URL like http://proxy.example:3128"]),
    (dev(proxy="http://u:hunter2@p:3128"), ["devices[0]: proxy: ", "(no credentials)"]),
    (dev(proxy="none"), ["devices[0]: proxy: bypass, system, or a URL"]),
    (dev(slots=["io 1"]), ["devices[0]: slots: 'io 1' is not a slot ID like clk1 or io3"]),
    ({"devices": [DEVICE, DEVICE]}, ["agent.yaml: devices: the name 'a' is given twice"]),
    ({"root_oid": "1.3.6.1.4.1.5597"}, ["agent.yaml: root_oid: below 1.3.6.1.4.1.5597 is the device vendor's own arc"]),
    ({"root_oid": "1.3.6.1.4.1.5597.30"}, ["root_oid: below 1.3.6.1.4.1.5597", "choose another"]),
    ({"root_oid": "enterprises.9"}, ["agent.yaml: root_oid: an OID in dotted digits, like 1.3.6.1.2.1.1"]),
    ({"root_oid": "1.3.6.1.4.1.4294967296"}, ["root_oid: an OID in dotted digits"]),
    ({"max_parallel_polls": 0}, ["agent.yaml: max_parallel_polls: Input should be greater than or equal to 1"]),
    ({"http": {"max_count": 10_001}}, ["http.max_count: Input should be less than or equal to 10000"]),
    ({"snmp": {"listen": ["localhost:161"]}}, ["snmp: listen[0]: 'localhost:161' is not an address and port"]),
    ({"snmp": {"listen": []}}, ["snmp: listen: at least one address and port"]),
    ({"snmp": {"max_message_size": 483}}, ["snmp.max_message_size: Input should be greater than or equal to 484"]),
    ({"snmp": {"communities": [{"name": "x", "view": "ops"}]}},
     ["snmp: communities[0].view: 'ops' is not defined; views are: default, none"]),
    (user(view="ops"), ["snmp: users[0].view: 'ops' is not defined; views are: default, none"]),
    ({"snmp": {"communities": [{"name": "one"}, {"name": "one"}]}}, ["snmp: communities: a name is given twice"]),
    ({"snmp": {"communities": [{"name": ""}]}}, ["snmp.communities[0].name: must not be empty"]),
    ({"snmp": {"communities": [{"name": "x", "sources": ["192.0.2.1/24"]}]}},
     ["snmp.communities[0]: sources: '192.0.2.1/24' is not a network like 192.0.2.0/24"]),
    ({"snmp": {"users": user()["snmp"]["users"] * 2}}, ["snmp: users: a name is given twice"]),
    (user(auth=None), ["snmp.users[0]: a user without auth lets everybody read", "allow_unauthenticated: true"]),
    (user(auth=None, priv={"passphrase": "${LAB_SECRET}"}), ["snmp.users[0]: priv needs auth"]),
    (user(auth={"passphrase": "${SHORT}"}), ["snmp.users[0]: passphrases have 8 or more characters (RFC 3414 11.2)"]),
    (user(auth={"protocol": "MD5", "passphrase": "${LAB_SECRET}"}),
     ["users[0]: MD5 is weak; use another protocol", "allow_weak: true"]),
    ({"snmp": {"engine_id": "0123456789"}}, ["snmp: engine_id: 5 to 32 octets in hexadecimal, the first bit set"]),
    ({"snmp": {"engine_id": "80001f8"}}, ["snmp: engine_id: 5 to 32 octets"]),
    ({"snmp": {"engine_id": "80001f88045"}}, ["snmp: engine_id: an even number of hexadecimal digits"]),
    ({"snmp": {"engine_id": "80" * 33}}, ["snmp: engine_id: 5 to 32 octets"]),
    ({"snmp": {"views": {"v": {"include": ["mib-2"]}}}}, ["snmp.views.v.include[0].oid: an OID in dotted digits"]),
    # what YAML itself refuses
    ("devices: []\ndevices: []\n", ["agent.yaml, line 2, column 1: not valid YAML: key 'devices' is given twice"]),
    ("http:\n  max_count: 1\n  max_count: 2\n", ["line 3, column 3", "key 'max_count' is given twice"]),
    ("a: [1\nb: 2\n", ["agent.yaml, line 2, column 2: not valid YAML"]),
    ("a:\n\t- b\n", ["agent.yaml, line 2, column 1: not valid YAML"]),
    ("? [a]\n: b\n", ["agent.yaml, line 1, column 3: not valid YAML: a key must be plain text"]),
    ("- a\n", ["agent.yaml: must be a mapping of keys to values"]),
    ("", ["agent.yaml: must be a mapping of keys to values"]),
    ("a: !!python/object:os.system {}\n", ["not valid YAML"]),
    ("[" * 5000, ["agent.yaml: not valid YAML"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "words"), MISTAKES, ids=lambda value: None if isinstance(value, list) else str(value)[:60]
)
def test_a_mistake_is_told_with_file_key_and_what_is_allowed(
    data: Any, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAB_SECRET", "correct horse")
    monkeypatch.setenv("SHORT", "hunter2")
    for name in ("NO_SUCH_VARIABLE", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    told = problem(tmp_path, data)
    for word in words:
        assert word in told
    assert "hunter2" not in told
    assert "correct horse" not in told
    assert "pydantic" not in told


def test_every_mistake_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    told = problem(tmp_path, {"devise": [], "max_parallel_polls": 0, "http": {"max_count": 0}})
    assert len(told.splitlines()) == 3
    assert all("agent.yaml: " in line for line in told.splitlines())


@pytest.mark.parametrize(
    "make", [lambda path: None, lambda path: path.mkdir(), lambda path: path.write_bytes(b"\xff\xfe")]
)
def test_a_file_that_cannot_be_read_is_told(make: Any, tmp_path: Path) -> None:
    make(tmp_path / "x.yaml")
    with pytest.raises(ConfigError, match=re.escape(f"{tmp_path}/x.yaml: cannot be read: ")):
        load_settings(tmp_path / "x.yaml")


def test_defaults_are_those_documented(tmp_path: Path) -> None:
    settings = load(tmp_path, {"devices": [DEVICE]})
    assert settings.root_oid == DEFAULT_ROOT == "1.3.6.1.4.1.8072.9999.9999.5597"
    assert settings.http.tracking
    assert settings.http.max_count == 25
    assert tuple(map(str, settings.snmp.all_views["default"].exclude)) == (
        "1.3.6.1.6.3.15.1.2",
        "1.3.6.1.6.3.16",
        "1.3.6.1.6.3.18",
    )
    one = settings.devices[0]
    assert (one.base_url, one.proxy_mode, one.user, one.password, one.tls) == (
        "https://192.0.2.1", "bypass", None, None, TlsSettings(),
    )  # fmt: skip
    assert (one.poll.interval_s, one.poll.mode, one.poll.whole_deadline_s) == (30, "tree", 15)


def test_settings_do_not_change_once_read(tmp_path: Path) -> None:
    settings = load(tmp_path, {})
    with pytest.raises(ValueError, match="frozen"):
        settings.root_oid = "1.3"  # type: ignore[misc]


def test_poll_at_the_top_is_the_default_of_each_devices_own(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        {
            "poll": {"interval_s": 20, "mode": "subtrees"},
            "devices": [DEVICE, {**DEVICE, "name": "b", "poll": {"interval_s": 60, "down_after_s": 200}}],
        },
    )
    one, other = (entry.poll for entry in settings.devices)
    assert (one.interval_s, one.mode, one.down_after_s) == (20, "subtrees", 90)
    assert (other.interval_s, other.mode, other.down_after_s) == (60, "subtrees", 200)
    assert other.whole_deadline_s == 60


def test_relative_paths_count_from_the_files_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "ca.pem").write_text("x")
    monkeypatch.chdir("/")
    data = {
        "state_dir": "state",
        "overlays": ["fleet.yaml", "/abs/x.yaml"],
        "devices": [{**DEVICE, "overlays": ["own.yaml"], "tls": {"ca_file": "ca.pem"}}],
    }
    settings = load(tmp_path / "etc", data)
    assert settings.state_dir == tmp_path / "etc" / "state"
    assert settings.overlays == (tmp_path / "etc" / "fleet.yaml", Path("/abs/x.yaml"))
    assert settings.devices[0].overlays == (tmp_path / "etc" / "own.yaml",)
    assert settings.devices[0].tls.ca_file == tmp_path / "etc" / "ca.pem"


@pytest.mark.parametrize(
    ("written", "slots"),
    [
        (["clk1", "io3"], {"clk1": None, "io3": None}),
        ({"clk1": "GPS", "io3": None}, {"clk1": "GPS", "io3": None}),
        ([], {}),
        ([1], {"1": None}),
    ],
)
def test_slots_are_a_list_or_a_mapping_to_the_card_expected(written: Any, slots: Any, tmp_path: Path) -> None:
    assert device(tmp_path, slots=written).slots == slots
    assert list(device(tmp_path, slots=written).slots) == list(slots)


@pytest.mark.parametrize(
    ("written", "mode"),
    [
        ("bypass", "bypass"), ("BypassProxy", "bypass"), ("BYPASSPROXY", "bypass"), ("bypassproxy", "bypass"),
        ("System", "system"), ("http://proxy.example:3128", "explicit"), ("https://proxy.example/", "explicit"),
    ],
)  # fmt: skip
def test_a_proxy_is_bypassed_the_systems_or_given(written: str, mode: str, tmp_path: Path) -> None:
    assert device(tmp_path, proxy=written).proxy_mode == mode


@pytest.mark.parametrize(
    ("options", "url"),
    [
        ({}, "https://192.0.2.1"),
        ({"port": 443}, "https://192.0.2.1"),
        ({"port": 8443}, "https://192.0.2.1:8443"),
        ({"scheme": "http"}, "http://192.0.2.1"),
        ({"scheme": "http", "port": 443}, "http://192.0.2.1:443"),
        ({"address": "2001:db8::1"}, "https://[2001:db8::1]"),
        ({"address": "[2001:db8::1]", "port": 8443}, "https://[2001:db8::1]:8443"),
        ({"address": "clock.example.net"}, "https://clock.example.net"),
    ],
)
def test_a_devices_url_has_its_port_only_where_it_is_not_the_schemes_own(
    options: dict[str, Any], url: str, tmp_path: Path
) -> None:
    assert device(tmp_path, **options).base_url == url


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("0.0.0.0:161", ("0.0.0.0", 161)), ("127.0.0.1:65535", ("127.0.0.1", 65535)), ("[::]:161", ("::", 161)),
        ("[fe80::1%eth0]:1161", ("fe80::1%eth0", 1161)), ("[::ffff:192.0.2.1]:1161", ("::ffff:192.0.2.1", 1161)),
    ],
)  # fmt: skip
def test_where_to_listen_is_an_address_and_a_port(written: str, place: tuple[str, int]) -> None:
    assert parse_listen(written) == place


@pytest.mark.parametrize(
    "written", ["", "161", ":161", "::1:161", "0.0.0.0", "0.0.0.0:", "0.0.0.0:65536", "1.2.3:161", "[::g]:1", "*:161"]
)
def test_where_to_listen_must_be_whole(written: str) -> None:
    with pytest.raises(ValueError, match=re.escape("is not an address and port like 0.0.0.0:161 or [::]:161")):
        parse_listen(written)


def listening(fleet: list[str], *devices: list[str]) -> dict[str, Any]:
    rows = [{**DEVICE, "name": f"d{number}", "listen": own} for number, own in enumerate(devices)]
    return {"snmp": {"listen": fleet}, "devices": rows}


def test_every_address_stands_for_the_fleet_or_for_a_device(tmp_path: Path) -> None:
    settings = load(tmp_path, listening(["127.0.0.1:5", "[::1]:5"], ["127.0.0.1:6"], [], ["[::]:7", "0.0.0.0:7"]))
    assert [(one.text, one.context) for one in settings.listening] == [
        ("127.0.0.1:5", ""), ("[::1]:5", ""), ("127.0.0.1:6", "d0"), ("[::]:7", "d2"), ("0.0.0.0:7", "d2"),
    ]  # fmt: skip


def test_ports_addresses_and_families_that_differ_do_not_collide_and_port_0_never_does(tmp_path: Path) -> None:
    apart = listening(["127.0.0.1:5", "[::]:5", "127.0.0.1:0"], ["127.0.0.2:5", "127.0.0.1:6"], ["127.0.0.1:0"])
    assert len(load(tmp_path, apart).listening) == 6
    assert load(tmp_path, listening(["[fe80::1%a]:5"], ["[fe80::1%b]:5"]))


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (
            listening(["127.0.0.1:5"], ["127.0.0.1:5"]),
            "devices[0].listen[0]: 127.0.0.1:5 is taken already by snmp.listen[0]",
        ),
        (
            listening(["127.0.0.1:5"], [], ["127.0.0.1:6", "127.0.0.1:7"], ["127.0.0.1:7"]),
            "devices[2].listen[0]: 127.0.0.1:7 is taken already by devices[1].listen[1]",
        ),
        (
            listening(["0.0.0.0:5"], ["127.0.0.1:5"]),
            "devices[0].listen[0]: 127.0.0.1:5 is taken already by snmp.listen[0] (0.0.0.0:5)",
        ),
        (
            listening(["127.0.0.1:5"], ["0.0.0.0:5"]),
            "devices[0].listen[0]: 0.0.0.0:5 is taken already by snmp.listen[0] (127.0.0.1:5)",
        ),
        (
            listening(["[::1]:5"], ["[0:0::1]:5"]),
            "devices[0].listen[0]: [0:0::1]:5 is taken already by snmp.listen[0] ([::1]:5)",
        ),
        (listening(["127.0.0.1:5", "127.0.0.1:5"]), "snmp.listen[1]: 127.0.0.1:5 is taken already by snmp.listen[0]"),
        (listening(["127.0.0.1:5"], ["here"]), "devices[0]: listen[0]: 'here' is not an address and port"),
        (
            {"snmp": {"engine": "pysnmp", "fronts": 2, "listen": ["127.0.0.1:5"]}},
            "snmp: fronts: the pysnmp path has one process; leave fronts out",
        ),
        (
            {**listening([], ["127.0.0.1:6"]), "snmp": {"engine": "pysnmp", "listen": ["127.0.0.1:5"]}},
            "devices[0].listen: not with snmp.engine: pysnmp; use name@d0",
        ),
    ],
)
def test_an_address_that_stands_for_two_things_is_refused_with_both_places(
    written: Any, told: str, tmp_path: Path
) -> None:
    assert told in problem(tmp_path, written)


def test_fingerprints_are_taken_with_and_without_colons(tmp_path: Path) -> None:
    written = ":".join(["AB"] * 32)
    assert device(tmp_path, tls={"fingerprint": written}).tls.fingerprint == "ab" * 32


def test_a_users_level_follows_from_its_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_SECRET", "correct horse")
    key = {"passphrase": "${LAB_SECRET}"}
    users = [
        {"name": "both", "auth": key, "priv": key},
        {"name": "auth", "auth": key},
        {"name": "none", "allow_unauthenticated": True},
    ]
    settings = load(tmp_path, {"snmp": {"users": users}})
    assert [one.level for one in settings.snmp.users] == ["authPriv", "authNoPriv", "noAuthNoPriv"]


def test_a_view_of_ones_own_may_replace_the_default(tmp_path: Path) -> None:
    views = {"default": {"include": [".1.3.6.1.2.1"]}, "ops": {"include": ["1.3"], "exclude": ["1.3.6.1.6"]}}
    settings = load(tmp_path, {"snmp": {"views": views, "communities": [{"name": "x", "view": "ops"}]}})
    assert [str(one) for one in settings.snmp.all_views["default"].include] == ["1.3.6.1.2.1"]
    assert set(settings.snmp.all_views) == {"default", "none", "ops"}


def overlay(folder: Path, text: str) -> Any:
    (folder / "o.yaml").write_text(text)
    return load_overlay(folder / "o.yaml")


def test_an_overlay_takes_a_path_or_several_for_all_or_some_generations(tmp_path: Path) -> None:
    one = overlay(tmp_path, "paths:\n  lnbA: x.y\n  lnbB: [a, b]\n")
    assert one.paths == {"lnbA": ("x.y",), "lnbB": ("a", "b")}
    assert one.applies_to(10)
    assert one.applies_to(None)
    some = overlay(tmp_path, "generations: [10, 16]\npaths: {}\n")
    assert [some.applies_to(number) for number in (10, 16, 20, None)] == [True, True, False, False]


def test_an_overlay_may_say_nothing_but_where_things_are_written(tmp_path: Path) -> None:
    one = overlay(tmp_path, "writes:\n  lnbA: x.y\n  lnbB: [a, b]\n")
    assert (one.paths, one.writes) == ({}, {"lnbA": ("x.y",), "lnbB": ("a", "b")})


def test_writing_is_off_and_true_is_short_for_its_defaults() -> None:
    plain = DeviceSettings(name="d", address="192.0.2.1")
    assert not plain.writes.enabled
    assert plain.branches == ()
    written = DeviceSettings.model_validate({"name": "d", "address": "192.0.2.1", "writes": True})
    assert (written.writes.enabled, written.writes.body, written.writes.apply_path) == (True, "object", "")
    assert "network/interfaces" in written.branches
    assert not DeviceSettings.model_validate({"name": "d", "address": "192.0.2.1", "writes": False}).writes.enabled
    chosen = DeviceSettings.model_validate({"name": "d", "address": "192.0.2.1", "poll": {"branches": ["ntp"]}})
    assert chosen.branches == ("ntp",)
    assert Settings().writing.answer == "at_once"
    assert not Settings().writing.allow_insecure


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"writes": {"body": "half"}}, "writes.body"), ({"writes": {"apply_path": "/api/x y"}}, "writes.apply_path"),
        ({"writes": "yes"}, "writes"), ({"poll": {"branches": ["../x"]}}, "a path below /api/configuration"),
    ],
)  # fmt: skip
def test_a_mistake_in_what_is_written_is_refused(keys: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        DeviceSettings.model_validate({"name": "d", "address": "192.0.2.1", **keys})
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("path: {}\n", "o.yaml: paths: is missing\n"),
        ("paths: {}\ngeneration: 10\n", "o.yaml: generation: unknown key; known here: generations, paths"),
        ("paths: {lnbA: 5}\n", "o.yaml: paths.lnbA: must be a list"),
        ("writes: {lnbA: 5}\n", "o.yaml: writes.lnbA: must be a list"),
        ("paths: {}\ngenerations: [ten]\n", "o.yaml: generations[0]: Input should be a valid integer"),
        ("paths: {a: b, a: c}\n", "o.yaml, line 1, column 15: not valid YAML: key 'a' is given twice"),
    ],
)
def test_a_mistake_in_an_overlay_is_told_in_the_same_way(text: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        overlay(tmp_path, text)
    assert told in f"{caught.value}\n"
