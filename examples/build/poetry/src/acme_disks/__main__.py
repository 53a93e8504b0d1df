"""Reads a document of disks and prints it with external snapshots of all disks that keep what is written to them."""

from __future__ import annotations

import sys
from pathlib import Path

from acme_disks.model import DiskSnapshot, FormatError, ParseError, format_disks, parse_disks


def main() -> int:
    try:
        disks = parse_disks(Path(sys.argv[1]))
        for disk in disks.disks:
            disk.snapshot = DiskSnapshot.NO if disk.transient else DiskSnapshot.EXTERNAL
        print(format_disks(disks), end="")
    except (ParseError, FormatError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
