"""Engine ID and boots in the state directory (RFC 3414 2.2)."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from agent.errors import HostError
from agent.snmp import engineid
from agent.snmp.engineid import BOOTS_MAX, EngineIdentity, start_engine

OWN = "80001f88050102030405"


def written(folder: Path) -> dict[str, object]:
    found = json.loads((folder / "engine.json").read_text())
    assert isinstance(found, dict)
    return {key: value for key, value in found.items() if key != "place"}


def test_rfc3411_5_the_first_start_makes_an_id_of_its_own_and_boots_once(tmp_path: Path) -> None:
    first, other = start_engine(tmp_path / "one", None), start_engine(tmp_path / "two", None)
    assert (first.boots, other.boots) == (1, 1)
    assert first.engine_id != other.engine_id
    for identity in (first, other):
        assert 5 <= len(identity.engine_id) <= 32
        assert identity.engine_id[0] & 0x80
        assert identity.engine_id[4] == 5


def test_rfc3414_2_3_a_restart_keeps_the_id_and_raises_the_boots(tmp_path: Path) -> None:
    starts = [start_engine(tmp_path, None) for _ in range(4)]
    assert [identity.boots for identity in starts] == [1, 2, 3, 4]
    assert len({identity.engine_id for identity in starts}) == 1


def test_rfc3414_2_2_2_boots_stay_at_their_maximum(tmp_path: Path) -> None:
    (tmp_path / "engine.json").write_text(json.dumps({"engine_id": OWN, "boots": BOOTS_MAX - 1}))
    assert [start_engine(tmp_path, None).boots for _ in range(3)] == [BOOTS_MAX] * 3
    assert BOOTS_MAX == 2147483647


CORRUPT = {
    "empty": b"",
    "garbage": b"\xff\xfe\x00\x80garbage",
    "zeros": bytes(60),
    "cut": b'{"engine_id": "80001f88',
    "a list": b"[1, 2]",
    "a number": b"7",
    "no boots": b'{"engine_id": "80001f88050102030405"}',
    "boots of zero": b'{"engine_id": "80001f88050102030405", "boots": 0}',
    "boots too high": b'{"engine_id": "80001f88050102030405", "boots": 2147483648}',
    "infinite boots": b'{"engine_id": "80001f88050102030405", "boots": Infinity}',
    "boots that are none": b'{"engine_id": "80001f88050102030405", "boots": null}',
    "a short ID": b'{"engine_id": "8000", "boots": 3}',
    "a long ID": b'{"engine_id": "' + b"80" * 33 + b'", "boots": 3}',
    "an ID that is none": b'{"engine_id": 5, "boots": 3}',
    "no hexadecimal": b'{"engine_id": "xyzxyzxyzx", "boots": 3}',
}


@pytest.mark.parametrize("content", CORRUPT.values(), ids=CORRUPT)
def test_a_corrupt_file_is_kept_aside_and_the_engine_gets_a_new_id(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "engine.json").write_bytes(content)
    identity = start_engine(tmp_path, None)
    assert (identity.boots, identity.engine_id != bytes.fromhex(OWN)) == (1, True)
    assert (tmp_path / "engine.corrupt").read_bytes() == content
    assert written(tmp_path) == {"engine_id": identity.engine_id.hex(), "boots": 1}
    assert "engine-state-corrupt" in caplog.text
    assert start_engine(tmp_path, None) == EngineIdentity(identity.engine_id, 2)


@pytest.mark.parametrize("form", [OWN, "0x" + OWN, OWN.upper()])
def test_a_configured_id_is_used_and_its_boots_rise(tmp_path: Path, form: str) -> None:
    starts = [start_engine(tmp_path, form) for _ in range(2)]
    assert starts == [EngineIdentity(bytes.fromhex(OWN), 1), EngineIdentity(bytes.fromhex(OWN), 2)]
    # No longer configured, it is kept all the same.
    assert start_engine(tmp_path, None) == EngineIdentity(bytes.fromhex(OWN), 3)


def test_rfc3414_2_2_2_a_configured_id_whose_boots_are_lost_is_at_the_maximum_and_the_log_says_what_to_do(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "engine.json").write_bytes(b"{")
    assert start_engine(tmp_path, OWN) == EngineIdentity(bytes.fromhex(OWN), BOOTS_MAX)
    assert "engine-boots-exhausted" in caplog.text
    assert start_engine(tmp_path, OWN).boots == BOOTS_MAX
    assert start_engine(tmp_path, OWN + "06") == EngineIdentity(bytes.fromhex(OWN + "06"), 1)


def test_rfc3414_2_2_2_another_configured_id_begins_at_one(tmp_path: Path) -> None:
    start_engine(tmp_path, None)
    start_engine(tmp_path, None)
    assert start_engine(tmp_path, OWN) == EngineIdentity(bytes.fromhex(OWN), 1)
    assert start_engine(tmp_path, OWN + "06") == EngineIdentity(bytes.fromhex(OWN + "06"), 1)


def test_rfc3414_2_2_2_an_id_that_comes_back_goes_on_where_its_boots_were(tmp_path: Path) -> None:
    generated = start_engine(tmp_path, None)
    start_engine(tmp_path, OWN)
    start_engine(tmp_path, OWN)
    assert start_engine(tmp_path, generated.engine_id.hex()) == EngineIdentity(generated.engine_id, 2)
    assert start_engine(tmp_path, OWN) == EngineIdentity(bytes.fromhex(OWN), 3)


def test_a_state_directory_in_another_place_is_noticed_and_used_all_the_same(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first, copy = tmp_path / "first", tmp_path / "copy"
    identity = start_engine(first, None)
    start_engine(first, None)
    assert caplog.records == []
    shutil.copytree(first, copy)
    assert start_engine(copy, None) == EngineIdentity(identity.engine_id, 3)
    assert "state-dir-moved" in caplog.text
    caplog.clear()
    start_engine(copy, None)
    assert caplog.records == []


def test_the_file_is_complete_when_the_identity_is_returned(tmp_path: Path) -> None:
    for _ in range(3):
        identity = start_engine(tmp_path, None)
        assert written(tmp_path) == {"engine_id": identity.engine_id.hex(), "boots": identity.boots}
        assert os.listdir(tmp_path) == ["engine.json"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_crash_while_writing_leaves_the_old_file(tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = start_engine(tmp_path, None)

    def fail(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(engineid.os, step, fail)
        with pytest.raises(HostError, match=r"engine\.json: No space left on device"):
            start_engine(tmp_path, None)
    assert written(tmp_path) == {"engine_id": before.engine_id.hex(), "boots": 1}
    assert start_engine(tmp_path, None) == EngineIdentity(before.engine_id, 2)
    assert os.listdir(tmp_path) == ["engine.json"]


def test_a_state_directory_that_cannot_be_is_a_host_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(HostError, match=r"engine\.json"):
            start_engine(folder, None)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_state_directory_that_cannot_be_written_is_a_host_error(tmp_path: Path) -> None:
    (tmp_path / "engine.json").write_bytes(b"corrupt")
    for content in (b"corrupt", json.dumps({"engine_id": OWN, "boots": 3}).encode()):
        (tmp_path / "engine.json").write_bytes(content)
        tmp_path.chmod(0o500)
        try:
            with pytest.raises(HostError, match="state_dir must be writable"):
                start_engine(tmp_path, None)
        finally:
            tmp_path.chmod(0o700)


def test_a_corrupt_file_that_cannot_be_kept_aside_is_a_host_error(tmp_path: Path) -> None:
    (tmp_path / "engine.json").write_bytes(b"corrupt")
    (tmp_path / "engine.corrupt").mkdir()
    with pytest.raises(HostError, match=r"engine\.corrupt"):
        start_engine(tmp_path, None)
