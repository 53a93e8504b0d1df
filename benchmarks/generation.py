"""Measures the time of generating: the whole command, and the share of each stage.

cold        nothing is in the cache of formatted code
warm        everything is in the cache, no file is written yet
unchanged   the package exists already

python -m benchmarks.generation [--schema FILE.rng] [--enums FILE...] [--rounds N]
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
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

from .subjects import REPOSITORY, Subject, chosen

ROUNDS = 3

T = TypeVar("T")


def main() -> None:
    arguments = _arguments()
    for subject in chosen(arguments.schema, arguments.enums, []):
        with TemporaryDirectory() as directory:
            print(f"\n{subject.name}")
            _report_commands(subject, Path(directory), arguments.rounds)
            _report_stages(subject.request(Path(directory)), arguments.rounds)


def _report_commands(subject: Subject, directory: Path, rounds: int) -> None:
    output, cache = directory / subject.name, directory / "cache"
    times: dict[str, list[float]] = {"cold": [], "warm": [], "unchanged": []}
    for _ in range(rounds):
        shutil.rmtree(cache, ignore_errors=True)
        for label, own in times.items():
            if label != "unchanged":
                shutil.rmtree(output, ignore_errors=True)
            own.append(_command_seconds(subject, output, cache))
    lines = sum(file.read_bytes().count(b"\n") for file in output.glob("*.py"))
    print(f"  {lines:,} lines beside the run time")
    for label, own in times.items():
        print(f"  relaxgen generate, {label:<11} {median(own):7.2f} s", flush=True)


def _command_seconds(subject: Subject, output: Path, cache: Path) -> float:
    command = [sys.executable, "-m", "relaxgen", "generate", str(subject.schema), "--output", str(output)]
    command += [word for table in subject.enums for word in ("--enums", str(table))]
    start = time.perf_counter()
    environment = {**os.environ, "RELAXGEN_CACHE": str(cache)}
    subprocess.run(command, cwd=REPOSITORY, env=environment, check=True, capture_output=True)
    return time.perf_counter() - start


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
    start = time.perf_counter()
    result = call()
    return result, time.perf_counter() - start


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generation", description=__doc__.partition("\n")[0])
    parser.add_argument("--schema", type=Path, help="another schema than our own and libvirt's")
    parser.add_argument("--enums", type=Path, nargs="*", default=[], help="enum tables that go with it")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
