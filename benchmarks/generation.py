"""Measures generating in processor time, other processes included: the whole command, and the share of each stage.

cold        nothing is in the cache of formatted code
warm        everything is in the cache, no file is written yet
unchanged   the package exists already

python -m benchmarks.generation [--schema FILE.rng] [--enums FILE...] [--rounds N]
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TypeVar

from relaxgen.diagnostics.errors import Diagnostics
from relaxgen.pipeline import bind, compile_grammars, read_schemas
from relaxgen.project.request import PackageRequest
from relaxgen.python.builder import build_package
from relaxgen.render.environment import make_environment
from relaxgen.render.formatting import format_all
from relaxgen.render.renderer import raw_files

from .growth import elements
from .subjects import LIBVIRT, REPOSITORY, chosen

ROUNDS = 3
PATTERNS = 5_000

T = TypeVar("T")


def main() -> None:
    arguments = _arguments()
    with TemporaryDirectory() as temporary:
        directory = Path(temporary)
        for subject in chosen(arguments.schema, arguments.enums, []):
            tables = [word for table in subject.enums for word in ("--enums", str(table))]
            _report_commands(subject.name, [str(subject.schema), *tables], directory, arguments.rounds)
            _report_stages(subject.request(directory), arguments.rounds)
        if arguments.schema is None:
            if LIBVIRT.is_dir():
                roots = ["--preset", "libvirt", "--schemas", str(LIBVIRT / "schemas")]
                _report_commands("all roots of libvirt, with the preset", roots, directory, arguments.rounds)
            schema = directory / "elements.rng"
            schema.write_text(elements(PATTERNS)[0], encoding="utf-8")
            _report_commands(f"{PATTERNS:,} element patterns", [str(schema)], directory, 1)


def _report_commands(name: str, arguments: list[str], directory: Path, rounds: int) -> None:
    print(f"\n{name}")
    output, cache = directory / "package", directory / "cache"
    times: dict[str, list[float]] = {"cold": [], "warm": [], "unchanged": []}
    for _ in range(rounds):
        shutil.rmtree(cache, ignore_errors=True)
        for label, own in times.items():
            if label != "unchanged":
                shutil.rmtree(output, ignore_errors=True)
            own.append(_command_seconds(arguments, output, cache))
    lines = sum(file.read_bytes().count(b"\n") for file in output.glob("*.py"))
    print(f"  {lines:,} lines beside the run time")
    for label, own in times.items():
        print(f"  relaxgen generate, {label:<11} {median(own):7.2f} s", flush=True)


def _command_seconds(arguments: list[str], output: Path, cache: Path) -> float:
    command = [sys.executable, "-m", "relaxgen", "generate", *arguments, "--output", str(output)]
    start = _seconds()
    environment = {**os.environ, "RELAXGEN_CACHE": str(cache)}
    subprocess.run(command, cwd=REPOSITORY, env=environment, check=True, capture_output=True)
    return _seconds() - start


def _seconds() -> float:
    """The processor time of this process, and of others that it started and that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _report_stages(request: PackageRequest, rounds: int) -> None:
    os.environ["RELAXGEN_CACHE"] = ""
    stages: dict[str, list[float]] = {}
    for _ in range(rounds):
        for stage, seconds in _stages(request):
            stages.setdefault(stage, []).append(seconds)
    total = sum(map(median, stages.values()))
    for stage, own in stages.items():
        print(f"  {stage:<30} {median(own):7.2f} s   {median(own) / total:5.1%}", flush=True)


def _stages(request: PackageRequest) -> list[tuple[str, float]]:
    """The pipeline's steps, each with its time."""
    diagnostics = Diagnostics()
    schemas, reading = _timed(lambda: read_schemas(request, diagnostics))
    model, binding = _timed(lambda: bind(schemas, request, diagnostics))
    (names, grammars), compiling = _timed(lambda: compile_grammars(schemas, model))
    sources = [name.as_posix() for name in names]
    package, building = _timed(lambda: build_package(model, request.output.name, sources, grammars))
    raw, rendering = _timed(lambda: dict(raw_files(package, make_environment())))
    _, formatting = _timed(lambda: format_all(raw))
    return [
        ("read, simplify, check", reading),
        ("bind: classes and fields", binding),
        ("compile the exact grammar", compiling),
        ("python: names, annotations", building),
        ("render: templates", rendering),
        ("format: black", formatting),
    ]


def _timed(call: Callable[[], T]) -> tuple[T, float]:
    start = _seconds()
    result = call()
    return result, _seconds() - start


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generation", description=__doc__.partition("\n")[0])
    parser.add_argument("--schema", type=Path, help="another schema than our own and libvirt's")
    parser.add_argument("--enums", type=Path, nargs="*", default=[], help="enum tables that go with it")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
