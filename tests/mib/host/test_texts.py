"""Every standard and vendor object that is served is what its MIB text says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from agent.mib.declaration import Access, Located, Module, Table
from agent.mib.host import CHILD, VENDOR_VIEW, VIEWS, declared
from agent.mib.standard import STANDARD
from tests.mib.host.texts import Texts

MODULES = {"agent": STANDARD, "child": CHILD, **{str(number): one for number, one in enumerate(declared())}}
WRITABLE = {"read-write", "read-create"}


def objects() -> Iterator[object]:
    for place, module in MODULES.items():
        for name, located in module.objects.items():
            yield pytest.param(module, located, id=f"{place}-{name}")


def tables() -> Iterator[object]:
    for place, module in MODULES.items():
        for name, (_, part) in module.parts.items():
            if isinstance(part, Table):
                yield pytest.param(part, id=f"{place}-{name}")


@pytest.mark.parametrize(("module", "located"), list(objects()))
def test_an_object_is_what_its_mib_text_says(module: Module, located: Located, texts: Texts) -> None:
    column = located.column
    assert column.name in texts, f"{column.name} is in no MIB text"
    text = texts.described(column.name)
    assert ".".join(map(str, located.oid)) == text.oid
    assert column.syntax.tag == text.tag, f"{column.syntax.smi} where {text.module} has tag {text.tag:#x}"
    if text.labels:
        assert column.syntax.labels.items() <= text.labels.items()
    if column.access is Access.READ_WRITE:
        assert text.access in WRITABLE
    elif column.access is Access.NOT_ACCESSIBLE:
        assert text.access == "not-accessible"
    elif module is not VIEWS[VENDOR_VIEW]:  # real devices serve their index columns, and clients need them
        assert text.access != "not-accessible"


@pytest.mark.parametrize("table", list(tables()))
def test_a_row_has_the_indexes_that_its_mib_text_says(table: Table, texts: Texts) -> None:
    assert [index.name for index in table.index] == texts.index_of(table.entry)
