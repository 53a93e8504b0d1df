"""``python examples/libvirt_live``: every disk of a running libvirt's domains gets external snapshots.

The libvirt is the test driver that every libvirt has built in: its host and domains are invented, and gone when the
process ends.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Any

if not __package__:  # Python ran this directory, and does not know the checkout's other packages.
    sys.path.append(str(Path(__file__).resolve().parents[2]))

from generated.domain import Disk, DiskSnapshot, Domain, format_domain, parse_domain

URI = "test:///default"
NOT_INSTALLED = """\
This example needs libvirt's module for Python, and there is none here. Install one of
    python3-libvirt    on Debian and Fedora, for the Python of the system (a virtual environment of it sees the module
                       when made by `python3 -m venv --system-site-packages`)
    libvirt-python     from PyPI, which compiles itself against libvirt's headers (libvirt-dev, libvirt-devel)"""


def main() -> int:
    try:
        libvirt: Any = importlib.import_module("libvirt")
    except ImportError:
        print(NOT_INSTALLED, file=sys.stderr)
        return 2
    try:
        make_disks_external(libvirt, URI)
    except libvirt.libvirtError as error:
        print(f"{URI}: {error}", file=sys.stderr)
        return 1
    return 0


def make_disks_external(libvirt: Any, uri: str) -> None:
    connection = libvirt.open(uri)
    print(f"{uri}, libvirt {version(connection.getLibVersion())}")
    for live in connection.listAllDomains():
        before = persistent_document(libvirt, live)
        domain = parse_domain(before)
        print(f"\n{domain.name}: {domain.os.type.machine or domain.os.type.arch}, {count(disks_of(domain), 'disk')}")
        for disk in disks_of(domain):
            print(f"  {disk.target.dev}: snapshot={disk.snapshot} becomes {DiskSnapshot.EXTERNAL}")
            disk.snapshot = DiskSnapshot.EXTERNAL
        after = persistent_document(libvirt, connection.defineXML(format_domain(domain)))
        print("\n".join(difference(before, after)))
    connection.close()


def persistent_document(libvirt: Any, live: Any) -> str:
    """What libvirt will start the domain with next time: this is what defining changes."""
    document: str = live.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)
    return document


def disks_of(domain: Domain) -> list[Disk]:
    return domain.devices.disks if domain.devices else []


def difference(before: str, after: str) -> Iterator[str]:
    return unified_diff(before.splitlines(), after.splitlines(), "before", "after, from libvirt", n=1, lineterm="")


def count(things: list[Disk], name: str) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"


def version(number: int) -> str:
    """9.0.0 for 9000000."""
    return f"{number // 1_000_000}.{number // 1_000 % 1_000}.{number % 1_000}"


if __name__ == "__main__":
    sys.exit(main())
