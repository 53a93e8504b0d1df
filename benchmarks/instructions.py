"""Counts the instructions of fixed work, and fails where a count is more than 5 % above the count that is kept.

    python -m benchmarks.instructions [--write]

Instructions are counted by callgrind, so other load on the machine changes nothing. The counts that are kept, in
``instructions.json``, hold for one build of Python and one release of lxml; where there are none for those at hand, it
says so and passes. ``--write`` keeps the new ones. The exit status is 1 if a count is worse.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import itertools
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lxml import etree
from relaxgen.output import write
from relaxgen.pipeline import build_package
from relaxgen.project.request import PackageRequest

from benchmarks.peers.documents import order

REPOSITORY = Path(__file__).resolve().parents[1]
KEPT = Path(__file__).with_suffix(".json")
TOLERANCE = 0.05

DOCUMENTS = ("modern-guest", "interfaces", "disk-options", "elements-in-another-order", "metadata")
WARM_UP = 20
"""Rounds before the counted ones: so long it takes until Python has specialised the code and all memories are full."""
ROUNDS = 2

ORDERS, ORDERS_SCHEMA = "counted_orders", REPOSITORY / "benchmarks" / "peers" / "order.rnc"
ORDER_SIZE = 6_000

Counts = dict[str, int]
"""Instructions of a round by what is done."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.instructions", description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="keep what is counted now")
    parser.add_argument("--work", type=Path, metavar="DIRECTORY", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        return work(arguments.work)
    if shutil.which("valgrind") is None:
        print("instructions: skipped, there is no valgrind")
        return 0
    counts = counted()
    status = report(counts, kept())
    if arguments.write:
        keep(counts)
        print(f"instructions: kept in {KEPT.name}")
    return 0 if arguments.write else status


# The work, in a process of its own under callgrind. A call of `os.getppid` ends a part of what is counted: nothing else
# calls that function of the C library.


def work(directory: Path) -> int:
    """Does everything once, between two marks each."""
    for context, call in all_ways(directory).values():
        with context():
            for _ in range(WARM_UP):
                call()
            gc.collect()
            gc.disable()
            os.getppid()
            for _ in range(ROUNDS):
                call()
            os.getppid()
            gc.enable()
    return 0


Way = tuple[Callable[[], AbstractContextManager[Any]], Callable[[], object]]


def all_ways(directory: Path) -> dict[str, Way]:
    """What is counted: what to do, and in which context. The directory is as `prepare` leaves it."""
    return {**ways(), **ways_of_new_values(directory)}


def ways() -> dict[str, Way]:
    """With our own documents, the same ones in each round."""
    import generated.domain as package
    from tests.engine.differences import native_of, without_engine

    contexts: dict[str, Callable[[], AbstractContextManager[Any]]] = {"pure": partial(without_engine, package)}
    if native_of(package) is not None:
        contexts["engine"] = nullcontext
    documents = [(REPOSITORY / f"tests/documents/domain/{name}.xml").read_bytes() for name in DOCUMENTS]
    values = [package.parse(document) for document in documents]
    calls: dict[str, Callable[[], object]] = {
        "parse": partial(_each, package.parse, documents),
        "parse, checked": partial(_each, partial(package.parse, validate=True), documents),
        "format": partial(_each, partial(package.format, validate=False), values),
        "format, checked": partial(_each, package.format, values),
    }
    return {
        f"{action}, {name}": (context, call) for name, context in contexts.items() for action, call in calls.items()
    }


def ways_of_new_values(directory: Path) -> dict[str, Way]:
    """With an order in each round whose numbers are new to the engine; nothing where there is no engine."""
    from tests.engine.differences import native_of

    sys.path.insert(0, str(directory))
    package = importlib.import_module(ORDERS)
    if native_of(package) is None:
        return {}
    orders = (path.read_bytes() for path in sorted(directory.glob("*.xml")))
    actions: dict[str, Callable[[Any], object]] = {
        "parse": package.parse,
        "parse, checked": partial(package.parse, validate=True),
        "format": lambda value: package.format(value, validate=False),
        "format, checked": package.format,
    }
    found: dict[str, Way] = {}
    for name, action in actions.items():
        items: list[Any] = list(itertools.islice(orders, WARM_UP + ROUNDS))
        if name.startswith("format"):
            items = list(map(package.parse, items))
        found[f"{name}, new values"] = nullcontext, partial(_next, action, iter(items))
    return found


def _next(function: Callable[[Any], object], items: Iterator[Any]) -> None:
    function(next(items))


def _each(function: Callable[[Any], object], items: list[Any]) -> None:
    for item in items:
        function(item)


# Counting.


def counted() -> Counts:
    with TemporaryDirectory() as directory:
        output = Path(directory) / "counts"
        options = ["--tool=callgrind", "--dump-before=getppid", "--dump-line=no", f"--callgrind-out-file={output}"]
        prepare(Path(directory))
        command = [
            "valgrind",
            "--quiet",
            *options,
            sys.executable,
            "-m",
            "benchmarks.instructions",
            "--work",
            directory,
        ]
        environment = {**os.environ, "PYTHONHASHSEED": "0"}
        done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"instructions: valgrind fails\n{done.stderr}")
        return dict(zip(all_ways(Path(directory)), parts(output), strict=True))


def prepare(directory: Path) -> None:
    """Makes the package `ORDERS` and an order for each round of the four actions."""
    write(build_package(PackageRequest((ORDERS_SCHEMA,), directory / ORDERS)).tree, directory / ORDERS)
    for number in range(4 * (WARM_UP + ROUNDS)):
        (directory / f"{number:03}.xml").write_bytes(order(ORDER_SIZE, number))


def parts(output: Path) -> Iterator[int]:
    """The counts of a round; every other part is what leads to the next."""
    for number in range(2, len(list(output.parent.glob(f"{output.name}.*"))) + 1, 2):
        text = output.with_name(f"{output.name}.{number}").read_text(encoding="utf-8")
        total = next(line for line in text.splitlines() if line.startswith("totals:"))
        yield int(total.removeprefix("totals:")) // ROUNDS


# Comparing.


def here() -> str:
    """What counts depend on, beside our code."""
    lxml = ".".join(map(str, etree.LXML_VERSION[:3]))
    return f"Python {platform.python_version()} ({platform.python_compiler()}), lxml {lxml}, {platform.machine()}"


def kept() -> dict[str, Counts]:
    found: dict[str, Counts] = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    return found


def keep(counts: Counts) -> None:
    """What is not counted here, such as the engine where it is not installed, stays."""
    all_counts = kept()
    all_counts[here()] = {**all_counts.get(here(), {}), **counts}
    KEPT.write_text(json.dumps(all_counts, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def report(counts: Counts, all_kept: dict[str, Counts]) -> int:
    """Prints what changed; 1 if something is worse."""
    before = all_kept.get(here(), {})
    print(f"instructions of a round, in thousands: {here()}")
    for name, count in counts.items():
        change = f"{count / before[name] - 1:+8.1%}" if name in before else "  not kept"
        print(f"  {name:<28}{count / 1000:>10,.0f}{change}")
    for name in before.keys() - counts.keys():
        print(f"  {name:<28}   skipped: the engine is not installed")
    if not before:
        print("instructions: passed without a comparison, since none are kept for this; --write keeps them")
    found = worse(counts, before)
    for name in found:
        print(f"instructions: {name} takes {counts[name] / before[name] - 1:.1%} more; if it must: --write keeps that")
    return 1 if found else 0


def worse(counts: Counts, before: Counts) -> list[str]:
    return [name for name, count in counts.items() if name in before and count > before[name] * (1 + TOLERANCE)]


if __name__ == "__main__":
    sys.exit(main())
