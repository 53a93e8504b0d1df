"""Tables and ``enum`` declarations as stable text, one entry a line, for golden files.

virDomainDiskSnapshot (VIR_DOMAIN_DISK_SNAPSHOT_LAST)
  0 "default" VIR_DOMAIN_DISK_SNAPSHOT_DEFAULT
  1 "no" ~VIR_DOMAIN_DISK_SNAPSHOT_NO              ~: the name is derived, not declared
enum virDomainDiskSnapshot
  VIR_DOMAIN_DISK_SNAPSHOT_DEFAULT = 0
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from relaxgen.enums.constants import Enumeration
from relaxgen.enums.table import EnumEntry, EnumTable


def dump(tables: Iterable[EnumTable], enumerations: Iterable[Enumeration] = ()) -> str:
    lines = [line for table in tables for line in _table_lines(table)]
    lines.extend(line for enumeration in enumerations for line in _enumeration_lines(enumeration))
    return "".join(f"{line}\n" for line in lines)


def _table_lines(table: EnumTable) -> Iterator[str]:
    yield f"{table.name} ({table.last})"
    yield from (f"  {_entry_text(entry)}" for entry in table.entries)


def _entry_text(entry: EnumEntry) -> str:
    text = f"{entry.index} {json.dumps(entry.token, ensure_ascii=False)}"
    if entry.constant is None:
        return text
    return f"{text} {'~' if entry.derived else ''}{entry.constant}"


def _enumeration_lines(enumeration: Enumeration) -> Iterator[str]:
    yield f"enum {enumeration.name}".rstrip()
    for constant in enumeration.constants:
        yield f"  {constant.name} = {'unknown' if constant.value is None else constant.value}"
