"""Measures time and memory of parsing and streaming for documents of many sizes.

    python benchmarks/large_documents.py                      up to 100 MB and a million children
    python benchmarks/large_documents.py --megabytes 10

A document is a domain with many disks, each with a path of its own. Processor seconds per megabyte should be the same
in every row, and so should the peak memory of streaming. Each row is a process of its own, so that no row affects the
next.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from lxml import etree  # noqa: E402

import generated.domain as package  # noqa: E402
from tests.engine.differences import without_engine  # noqa: E402

HEAD = b"<domain type='kvm'>\n  <name>g</name>\n  <memory>1</memory>\n  <os><type>hvm</type></os>\n  <devices>\n"
DISK = b"    <disk type='file'>\n      <source file='/images/%07d.qcow2'/>\n      <target dev='vda'/>\n    </disk>\n"
TAIL = b"  </devices>\n</domain>\n"
MEGABYTE = 1_000_000


def write_document(path: Path, megabytes: int) -> int:
    """How many disks it has."""
    count = megabytes * MEGABYTE // len(DISK % 0)
    with path.open("wb") as file:
        file.write(HEAD)
        for number in range(count):
            file.write(DISK % number)
        file.write(TAIL)
    return count


def read_with_lxml(path: Path) -> int:
    return sum(1 for _ in etree.fromstring(path.read_bytes()).iter("disk"))


def purely(way: Callable[[Path], int], path: Path) -> int:
    """Without the native engine."""
    with without_engine(package):
        return way(path)


def parsed(path: Path) -> int:
    domain = package.parse_domain(path)
    assert domain.devices is not None
    return len(domain.devices.disks)


def parsed_and_formatted(path: Path, validate: bool | None = None) -> int:
    text = package.format_domain(package.parse_domain(path), validate=validate)
    assert len(text) > path.stat().st_size // 2
    return text.count("<disk ")


def parsed_and_formatted_unchecked(path: Path) -> int:
    return parsed_and_formatted(path, validate=False)


def streamed(path: Path) -> int:
    return sum(1 for _ in package.iter_parse(path, package.Disk))


def streamed_and_validated(path: Path) -> int:
    return sum(1 for _ in package.iter_parse(path, package.Disk, validate=True))


WAYS: dict[str, Callable[[Path], int]] = {
    "lxml.etree.fromstring": read_with_lxml,
    "parse": parsed,
    "parse, pure": partial(purely, parsed),
    "parse and format": parsed_and_formatted,
    "… with validate=False": parsed_and_formatted_unchecked,
    "… and pure": partial(purely, parsed_and_formatted_unchecked),
    "iter_parse": streamed,
    "iter_parse, validate=True": streamed_and_validated,
}


def measured(way: str, path: Path) -> tuple[int, float, float]:
    """Disks found, seconds of the processor, and the peak of memory in megabytes."""
    start = time.process_time()
    found = WAYS[way](path)
    seconds = time.process_time() - start
    return found, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MEGABYTE


def sizes(largest: int) -> Iterator[int]:
    size = 1
    while size < largest:
        yield size
        size *= 10
    yield largest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=100, help="the largest document")
    options = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    with TemporaryDirectory() as directory:
        path = Path(directory) / "large.xml"
        for megabytes in sizes(options.megabytes):
            count = write_document(path, megabytes)
            for way in WAYS:
                with context.Pool(1) as pool:
                    found, seconds, peak = pool.apply(measured, (way, path))
                assert found == count
                each = seconds / megabytes
                line = f"{megabytes:4} MB, {count:9,} disks   {way:26} {seconds:7.2f} s   {each:5.2f} s/MB"
                print(f"{line}   peak {peak:6.0f} MB", flush=True)


if __name__ == "__main__":
    main()
