"""The list of what a host shows of standard MIBs, as it stands in a page of the documentation."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from agent.mib.declaration import Access, Group, Module, Scalars, Table
from agent.mib.host import STANDARD_VIEW, VIEWS

BEGIN: Final = "<!-- printed from the declarations -->"
END: Final = "<!-- end of what is printed -->"


def listing(module: Module = VIEWS[STANDARD_VIEW]) -> str:
    """A table in Markdown: where each group comes from, its tables, and the objects served in them."""
    lines = ["| from | table | objects |", "|---|---|---|"]
    for group in module.groups:
        lines += _of_group(group)
    return "\n".join(lines)


def _of_group(group: Group) -> Iterator[str]:
    source = group.description.rstrip(".")
    for part in group.parts:
        name = f"{part.name} (scalars)" if isinstance(part, Scalars) else part.name
        yield f"| {source} | {name} | {', '.join(_names(part))} |"


def _names(part: Scalars | Table) -> list[str]:
    return [f"`{column.name}`" for column in part.columns if column.access is not Access.NOT_ACCESSIBLE]


def printed(page: str) -> str:
    """A page with the list printed anew.

    Raises:
        ValueError: the page has no place for it.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"no place for the list: it stands between {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{listing()}\n\n{END}{after}"


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(printed(path.read_text(encoding="utf-8")), encoding="utf-8")
