"""How fast the whole way is: generating, importing, parsing and formatting. Run by ``make bench``.

Times are the best of several runs, since everything else only adds to them. Parsing and formatting are given as ratios
to `lxml.etree.fromstring` on the same bytes: that is the floor under anything that reads XML with lxml, and makes
figures from different machines comparable. Results are printed; nothing is written outside a temporary directory.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from lxml import etree

REPOSITORY = Path(__file__).parents[1]
DOCUMENT = REPOSITORY / "tests" / "documents" / "domain" / "disk-snapshot-modes.xml"
LARGE = 30_000
"""So many bytes has the larger document; it is the small one with its devices repeated."""


def main() -> None:
    with TemporaryDirectory() as directory:
        parent = Path(directory)
        generating(parent)
        importing(parent)
        sys.path.insert(0, directory)
        for document in (DOCUMENT.read_bytes(), grown(DOCUMENT.read_bytes())):
            parsing_and_formatting(document)


def generating(parent: Path) -> None:
    command = [sys.executable, "-m", "generator", "generate", "schemas/domain.rng"]
    command += [word for file in sorted(REPOSITORY.glob("schemas/enums/*.enums")) for word in ("--enums", str(file))]
    command += ["--output", str(parent / "domain")]
    environment = os.environ | {"RELAXGEN_CACHE": str(parent / "cache")}
    for label in ("cold", "unchanged"):
        report(f"generate, {label}", f"{run(command, environment):.1f} s")
    lines = sum(file.read_bytes().count(b"\n") for file in (parent / "domain").glob("*.py"))
    report("generated lines", f"{lines:,}")


def importing(parent: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(parent)}
    statements = {
        "python alone": "pass",
        "import lxml.etree": "import lxml.etree",
        "import domain": "import domain",
        "from domain import Disk": "from domain import Disk",
        "from domain import parse_domain": "from domain import parse_domain",
        "every name of it": "import domain; [getattr(domain, name) for name in domain.__all__]",
    }
    for label, statement in statements.items():
        command = [sys.executable, "-c", statement]
        report(label, f"{min(run(command, environment) for _ in range(7)) * 1000:.0f} ms")


def parsing_and_formatting(document: bytes) -> None:
    domain = importlib.import_module("domain")
    value = domain.parse_domain(document)
    floor = best(lambda: etree.fromstring(document))
    report(f"lxml.etree.fromstring, {len(document):,} bytes", f"{floor * 1e6:.0f} µs")
    for label, call in {
        "parse_domain": lambda: domain.parse_domain(document),
        "parse_domain, validate=True": lambda: domain.parse_domain(document, validate=True),
        "format_domain": lambda: domain.format_domain(value),
    }.items():
        seconds = best(call)
        report(f"{label}, {len(document):,} bytes", f"{seconds / floor:.1f} × ({seconds * 1e6:.0f} µs)")


def grown(document: bytes) -> bytes:
    start, end = document.index(b"    <disk"), document.index(b"    <controller")
    devices = document[start:end]
    copies = (LARGE - len(document)) // len(devices)
    return document[:end] + devices * copies + document[end:]


def run(command: list[str], environment: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=REPOSITORY, env=environment, check=True, capture_output=True)
    return time.perf_counter() - start


def best(call: Callable[[], object], seconds: float = 1.0) -> float:
    """The shortest of as many calls as fit into `seconds`."""
    call()
    shortest = float("inf")
    end = time.perf_counter() + seconds
    while (start := time.perf_counter()) < end:
        call()
        shortest = min(shortest, time.perf_counter() - start)
    return shortest


def report(label: str, figure: str) -> None:
    print(f"{label:<46} {figure}", flush=True)


if __name__ == "__main__":
    main()
