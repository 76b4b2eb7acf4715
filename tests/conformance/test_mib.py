"""The MIB module as text, and the agent's walk read with it. Subject is the whole agent with one simulated device."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from agent.mib.declaration import Access, Table
from agent.sim import Simulator
from tests.conformance.own import Whole
from tests.snmp.asking import dotted
from tests.support.cells import MODULE
from tests.support.tools import PROJECT, shared, tool

NAME = "LANTIME-NORTHBOUND-MIB"
FILE = PROJECT / "mibs" / f"{NAME}.txt"
TEXT = FILE.read_text(encoding="ascii")
VALUE = re.compile(rf"{NAME}::(?P<name>\w+)(?P<index>\.?.*?) = (?P<value>.*)")


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a tool to its end."""
    return subprocess.run([tool(program), *arguments], capture_output=True, text=True, timeout=60, check=False)


def with_texts(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one of net-snmp's tools with this MIB and the standard ones it imports from."""
    return run(program, "-M", f"{shared('mibs')}:{FILE.parent}", "-m", NAME, *arguments)


def lint(tmp_path: Path) -> str:
    """All that smilint has to say."""
    settings = tmp_path / "smi.conf"
    settings.write_text(f"path {shared('mibs')}\n")
    done = run("smilint", "-c", str(settings), "-s", "-m", "-l", "6", str(FILE))
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The walk of all objects, as printed with some options."""
    shared("mibs")
    with Simulator() as simulator:
        agent = Whole("wire", tmp_path_factory.mktemp("mib"), simulator)
        agent.start()
        try:
            who = ["-v2c", "-c", "public", "-Cr50", "-t", "5"]
            asked = (agent.target, dotted((*MODULE.root, 1)))
            walked = {
                option: with_texts("snmpbulkwalk", *who, option, *asked).stdout.splitlines()
                for option in ("-OS", "-OSX", "-On")
            }
        finally:
            agent.stop()
    assert len(walked["-On"]) > 1000
    return walked


def test_rfc4181_4_L01_smilint_finds_nothing(tmp_path: Path) -> None:
    """Smilint finds nothing up to level 6."""
    assert lint(tmp_path) == ""


def test_rfc2578_3_L02_net_snmp_loads_it_without_a_warning() -> None:
    """net-snmp loads it without a warning."""
    done = with_texts("snmptranslate", "-Pw", "-Tp", dotted(MODULE.root))
    macros = "parsed and ignored"  # said of the SMI's own macros, whatever the module
    assert [line for line in done.stderr.splitlines() if macros not in line] == []
    assert "lnbDeviceName" in done.stdout


def test_rfc2578_3_L03_pysmi_compiles_it(tmp_path: Path) -> None:
    """Pysmi compiles it."""
    sources = [f"--mib-source=file://{folder}" for folder in (FILE.parent, shared("mibs"))]
    program = PROJECT / ".venv" / "bin" / "mibdump"
    mibdump = str(program) if program.exists() else tool("mibdump")
    target = ["--destination-format=json", f"--destination-directory={tmp_path}", "--disable-fuzzy-source"]
    done = run(mibdump, *sources, "--mib-borrower=", *target, NAME)
    assert done.returncode == 0, done.stderr
    assert '"lnbDeviceName"' in (tmp_path / f"{NAME}.json").read_text()


def test_rfc2578_7_1_L04_every_value_has_the_syntax_that_is_declared(lines: dict[str, list[str]]) -> None:
    """The agent sends the types that the text declares."""
    assert [line for line in lines["-OS"] if "Wrong Type" in line] == []
    unread = [line for line in lines["-OS"] if line.startswith(NAME) and not VALUE.fullmatch(line)]
    assert unread == []


def test_rfc2578_7_1_1_L05_every_enumerated_value_has_a_label(lines: dict[str, list[str]]) -> None:
    """Every value of an enumeration has its label."""
    read = [found for line in lines["-OS"] if (found := VALUE.fullmatch(line))]
    enumerated = [found for found in read if MODULE.objects[found["name"]].column.syntax.labels]
    assert len(enumerated) > 50
    unlabelled = [found[0] for found in enumerated if not re.fullmatch(r"INTEGER: \w+\(-?\d+\)", found["value"])]
    assert unlabelled == []


def test_rfc2578_7_7_L07_every_index_is_decoded(lines: dict[str, list[str]]) -> None:
    """Every index is decoded by the text; no sub-identifiers are left over."""
    read = [found for line in lines["-OSX"] if (found := VALUE.fullmatch(line))]
    assert [found[0] for found in read if not re.fullmatch(r"\.0|(\[[^\]]+\])+", found["index"])] == []


def test_rfc2578_7_3_L08_objects_that_are_not_accessible_never_appear(lines: dict[str, list[str]]) -> None:
    """Objects that are not-accessible never appear in a walk."""
    hidden = {name for name, one in MODULE.objects.items() if one.column.access is Access.NOT_ACCESSIBLE}
    assert len(hidden) > 20
    served = {found["name"] for line in lines["-OS"] if (found := VALUE.fullmatch(line))}
    assert served & hidden == set()


def test_rfc2578_5_L09_the_last_update_is_the_newest_revision() -> None:
    """MODULE-IDENTITY comes first, and LAST-UPDATED is its newest REVISION."""
    macros = re.findall(r"^\w+ (MODULE-IDENTITY|OBJECT-TYPE|OBJECT IDENTIFIER)", TEXT, re.MULTILINE)
    assert macros[0] == "MODULE-IDENTITY"
    assert macros.count("MODULE-IDENTITY") == 1
    (updated,) = re.findall(r'LAST-UPDATED "(\d{12}Z)"', TEXT)
    revisions = re.findall(r'REVISION "(\d{12}Z)"', TEXT)
    assert revisions == sorted(revisions, reverse=True)
    assert updated == revisions[0]


def test_rfc2580_3_L10_every_object_and_notification_is_in_a_group_of_the_one_compliance() -> None:
    """Every accessible object and every notification is in one group, and every group in the one compliance."""
    groups = dict(re.findall(r"^(\w+) (?:OBJECT|NOTIFICATION)-GROUP\s+\w+ \{(.*?)\}", TEXT, re.MULTILINE | re.DOTALL))
    listed = [name for members in groups.values() for name in re.findall(r"\w+", members)]
    notifications = re.findall(r"^(\w+) NOTIFICATION-TYPE", TEXT, re.MULTILINE)
    readable = [name for name, one in MODULE.objects.items() if one.column.access is not Access.NOT_ACCESSIBLE]
    assert sorted(listed) == sorted([*readable, *notifications])
    (compliance,) = re.findall(r"^\w+ MODULE-COMPLIANCE(.*?)::=", TEXT, re.MULTILINE | re.DOTALL)
    assert {name for name in groups if not re.search(rf"\b{name}\b", compliance)} == set()


def test_rfc2578_8_5_L11_notifications_lie_below_a_zero() -> None:
    """The last sub-identifier but one of every notification is 0."""
    notifications = re.findall(r"^(\w+) NOTIFICATION-TYPE", TEXT, re.MULTILINE)
    if not notifications:
        pytest.skip("the module defines no notification")
    oids = with_texts("snmptranslate", "-On", *(f"{NAME}::{name}" for name in notifications)).stdout.split()
    assert len(oids) == len(notifications)
    assert [oid for oid in oids if oid.split(".")[-2] != "0"] == []


def test_rfc2578_3_1_L12_descriptors_are_unique_and_short_and_labels_have_no_hyphen() -> None:
    """Descriptors are unique and of at most 32 characters; no label of an enumeration has a hyphen."""
    kinds = r"OBJECT-TYPE|OBJECT IDENTIFIER|OBJECT-GROUP|NOTIFICATION-\w+|MODULE-(?:IDENTITY|COMPLIANCE)"
    names = re.findall(rf"^([a-z]\S*) (?:{kinds})", TEXT, re.MULTILINE)
    assert len(names) > len(MODULE.objects)
    assert len(names) == len({name.lower() for name in names})
    assert [name for name in names if len(name) > 32 or not re.fullmatch(r"[a-z][A-Za-z0-9]*", name)] == []
    labels = re.findall(r"([\w-]+)\(\d+\)", " ".join(re.findall(r"INTEGER \{(.*?)\}", TEXT, re.DOTALL)))
    assert len(labels) > 100
    assert [label for label in labels if "-" in label or len(label) > 64] == []


def test_rfc2578_3_5_L13_no_instance_has_more_than_128_sub_identifiers(lines: dict[str, list[str]]) -> None:
    """No instance has, or could have, more than 128 sub-identifiers."""
    names = [line.split(" = ")[0] for line in lines["-On"] if line.startswith(".")]
    assert max(name.count(".") for name in names) <= 128
    longest = {}
    for name, one in MODULE.objects.items():
        if isinstance(one.part, Table):
            syntaxes = [MODULE.objects[index.name].column.syntax for index in one.part.index]
            # A string is its length and its octets (RFC 2578 7.7), a number one sub-identifier.
            longest[name] = len(one.oid) + sum(1 + syntax.high if syntax.tag == 0x04 else 1 for syntax in syntaxes)
    assert {name: size for name, size in longest.items() if size > 128} == {}


def test_rfc2578_7_1_L14_numbers_are_integer32_or_unsigned32_and_only_enumerations_integer(tmp_path: Path) -> None:
    """INTEGER is used for enumerations alone, and no object is a Gauge, IpAddress or Counter of the old SMI."""
    assert re.findall(r"SYNTAX +INTEGER(?! *\{).*", TEXT) == []
    assert re.findall(r"SYNTAX +(?:Gauge|Counter|NetworkAddress)\b.*", TEXT) == []
    assert "integer-misuse" not in lint(tmp_path)


def test_rfc4181_3_4_L16_the_text_names_what_is_writable_and_what_is_sensitive() -> None:
    """The description names every writable object, or its table or group, and says what is sensitive."""
    (described,) = re.findall(r"MODULE-IDENTITY.*?DESCRIPTION\s+\"(.*?)\"", TEXT, re.DOTALL)
    writable = [one for one in MODULE.objects.values() if one.column.access is Access.READ_WRITE]
    assert writable
    words = set(re.findall(r"\w+", described))
    assert [one for one in writable if words.isdisjoint({one.column.name, one.part.name, one.group.name})] == []
    assert "sensitive" in described
