"""The packs are what is declared, below any root, and the command prints and writes them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from agent.errors import DeclarationError
from agent.mib.module import northbound
from agent.mib.render import Names
from agent.packs import PACKS, files_of
from tests.cli.conftest import Commands
from tests.cli.conftest import command as command  # a fixture
from tests.support.cells import MODULE
from tests.support.tools import PROJECT

COMMITTED = PROJECT / "config" / "packs"
ROOT = ".".join(map(str, MODULE.root))
OTHER_ROOT = "1.3.6.1.4.1.99999.7"


def test_the_committed_packs_are_what_the_generators_make() -> None:
    made = files_of(MODULE)
    there = {str(path.relative_to(COMMITTED)): path for path in COMMITTED.rglob("*") if path.is_file()}
    assert sorted(there) == sorted(made)
    changed = [name for name, path in there.items() if path.read_text(encoding="utf-8") != made[name]]
    assert changed == [], "not what is declared; write them anew: make packs"


def test_they_are_the_same_each_time() -> None:
    assert files_of(northbound()) == files_of(northbound())


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_moves_with_the_root(name: str) -> None:
    own, other = files_of(MODULE, name), files_of(northbound(OTHER_ROOT), name)
    assert sorted(own) == sorted(other)
    escaped = [(ROOT.replace(".", r"\."), OTHER_ROOT.replace(".", r"\.")), (ROOT, OTHER_ROOT)]
    for path, text in own.items():
        for old, new in escaped:
            text = text.replace(old, new)
        assert text == other[path], path


@pytest.mark.parametrize("name", PACKS)
def test_every_oid_in_a_pack_is_one_of_ours(name: str) -> None:
    """An object, an instance of one, a notification, or the module itself; rows are given for as many indexes."""
    names = Names((MODULE,))
    notifications = {MODULE.notification_oid(one) for one in MODULE.notifications}
    for path, text in files_of(MODULE, name).items():
        for found in re.findall(rf"{re.escape(ROOT)}[.\d]*", text):
            oid = tuple(map(int, found.strip(".").split(".")))
            assert oid in (MODULE.root, (*MODULE.root, 0), *notifications) or names.object_at(oid), f"{path}: {found}"


@pytest.mark.parametrize("name", PACKS)
def test_every_pack_has_a_short_page_that_says_what_to_set_and_what_one_then_sees(name: str) -> None:
    page = files_of(MODULE, name)[f"{name}/README.md"]
    assert page.startswith("# ")
    assert "**Set**" in page
    assert "**See**" in page
    assert 8 <= len(page.splitlines()) <= 16
    assert all(len(line) <= 120 for line in page.splitlines())


def test_a_table_that_is_gone_is_named() -> None:
    lesser = replace(MODULE, groups=tuple(one for one in MODULE.groups if one.name != "lnbPtp"))
    with pytest.raises(DeclarationError, match="packs: lnbPtpSlotId is no readable object"):
        files_of(lesser)


def test_the_page_of_the_documentation_lists_every_pack() -> None:
    page = (PROJECT / "docs" / "packs.md").read_text(encoding="utf-8")
    linked = re.findall(r"\(\.\./config/packs/([\w-]+)/README\.md\)", page)
    assert linked == list(PACKS)
    for one in PACKS.values():
        assert f"{one.tool} | {one.gives}" in page


# The command


def test_without_a_name_the_packs_are_listed(command: Commands) -> None:
    output = command("pack").output
    assert [line.split()[0] for line in output.splitlines()] == list(PACKS)


def test_a_pack_is_printed_file_by_file(command: Commands) -> None:
    output = command("pack", "snmptt").output
    for path, text in files_of(MODULE, "snmptt").items():
        assert f"==> {path} <==\n{text}" in output


def test_packs_are_written_below_a_folder(command: Commands) -> None:
    assert command("pack", "telegraf", "--output", "here", "--root", OTHER_ROOT).exit_code == 0
    written = {str(path.relative_to("here")): path.read_text() for path in Path("here").rglob("*") if path.is_file()}
    assert written == files_of(northbound(OTHER_ROOT), "telegraf")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("nagois",), 2, "no pack 'nagois'; there are snmptrapd, snmptt"),
        (("nagios", "--root", "1.x"), 2, "--root 1.x"),
        (("nagios", "--output", "taken/deep"), 71, "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said(command: Commands, arguments: tuple[str, ...], code: int, said: str) -> None:
    (command.folder / "taken").write_text("a file")
    done = command("pack", *arguments)
    assert done.exit_code == code
    assert said in done.output
