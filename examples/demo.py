"""The generated package at work: a domain is parsed, one disk changes its snapshot mode, and the diff shows it.

Run by ``make demo``. Nothing here knows XML: names, types and words come from ``schemas/`` by way of ``generated/``.
"""

from __future__ import annotations

import os
import sys
from difflib import unified_diff
from pathlib import Path

from generated.domain import Disk, DiskSnapshot, ParseError, format_disk, format_domain, parse_domain

DOCUMENT = Path(__file__).parents[1] / "tests" / "documents" / "domain" / "disk-snapshot-modes.xml"
COLOURS = {"+": "32", "-": "31", "@": "36"}


def main() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")

    heading("domain = parse_domain(path)")
    domain = parse_domain(DOCUMENT)
    assert domain.devices is not None, "the document has devices"
    print(f"{domain.name}: {len(domain.devices.disks)} disks")
    show_disks(domain.devices.disks)

    heading("domain.devices.disks[0].snapshot = DiskSnapshot.EXTERNAL")
    before = format_domain(domain)
    domain.devices.disks[0].snapshot = DiskSnapshot.EXTERNAL
    show_diff(before, format_domain(domain))

    heading("format_disk(domain.devices.disks[0])")
    print(format_disk(domain.devices.disks[0]).rstrip())

    heading("parse_domain() of a document with a typing error")
    try:
        parse_domain(text.replace("snapshot='external'", "snapshot='extrenal'"))
    except ParseError as error:
        print(error)


def heading(code: str) -> None:
    print("\n" + coloured(f">>> {code}", "1"))


def show_disks(disks: list[Disk]) -> None:
    for disk in disks:
        print(f"  {disk.target.dev}: device={disk.device}, snapshot={disk.snapshot}, transient={disk.transient}")


def show_diff(before: str, after: str) -> None:
    for line in unified_diff(before.splitlines(), after.splitlines(), "before", "after", n=1, lineterm=""):
        print(coloured(line, COLOURS.get(line[0], "")))


def coloured(text: str, code: str) -> str:
    """For a terminal, unless its user wants no colours."""
    wanted = code and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return f"\x1b[{code}m{text}\x1b[0m" if wanted else text


if __name__ == "__main__":
    main()
