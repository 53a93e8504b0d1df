"""``python examples/fleet make DIR`` and ``python examples/fleet audit DIR --output OUT``."""

from __future__ import annotations

import argparse
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

if not __package__:  # Python ran this directory: it knows neither the package that it is, nor the one of the checkout.
    sys.path[:1] = [str(Path(__file__).resolve().parents[parent]) for parent in (1, 2)]

from fleet.running import Progress, batches_of, open_client, peak_memory, run_alone, run_on_dask, summary

NOT_INSTALLED = "this example needs pyarrow, and dask for workers: pip install 'dask[distributed]' pyarrow"


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    if options.command == "make":
        from fleet.making import make_fleet

        print(f"{options.directory}: {make_fleet(options.directory, options.count):,} documents")
        return 0
    if find_spec("pyarrow") is None or (not options.plain and find_spec("distributed") is None):
        print(NOT_INSTALLED, file=sys.stderr)
        return 2
    return audit(options)


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(prog="fleet", description="Audit and change the documents of many machines.")
    commands = found.add_subparsers(dest="command", required=True)
    make = commands.add_parser("make", help="make documents to try it with")
    make.add_argument("directory", type=Path)
    make.add_argument("--count", type=int, default=100_000)
    run = commands.add_parser("audit", help="judge, audit and change all documents in a directory")
    run.add_argument("directory", type=Path)
    run.add_argument("--output", type=Path, required=True, help="tables and changed documents; a second run goes on")
    run.add_argument("--workers", type=int, default=2, help="processes on this machine")
    run.add_argument("--scheduler", help="the address of a Dask scheduler, whose workers see both directories")
    run.add_argument("--plain", action="store_true", help="no Dask: one document after another")
    run.add_argument("--batch", type=int, default=200, help="documents in a unit of work")
    return found


def audit(options: argparse.Namespace) -> int:
    batches = batches_of(options.directory.resolve(), options.output.resolve(), options.batch)
    total = sum(len(batch.files) for batch in batches)
    if options.plain:
        progress = Progress(total, sys.stderr.write, sys.stderr.isatty())
        run_alone(batches, progress)
        memory = [peak_memory()]
    else:
        with open_client(options.scheduler, options.workers) as client:
            progress = Progress(total, sys.stderr.write, sys.stderr.isatty())
            run_on_dask(client, batches, progress)
            memory = memory_of_workers(client)
    print("", *summary(progress.numbers), sep="\n")
    print(f"{progress.speed:,.0f} documents a second; peak memory of a process {max(memory, default=0)} MB")
    return 0 if progress.numbers["documents"] == progress.numbers["valid documents"] else 1


def memory_of_workers(client: Any) -> list[int]:
    return list(client.run(peak_memory).values())


if __name__ == "__main__":
    sys.exit(main())
