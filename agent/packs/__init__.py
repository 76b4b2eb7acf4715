"""Files for receivers and network-management systems, made from the declarations; one file per tool."""

from agent.packs.packs import PACKS, files_of

__all__ = ["PACKS", "files_of"]
