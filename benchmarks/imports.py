"""Measures the import of a generated package in a fresh process, beside lxml's own import, with compiled files present.

Every line is a process of its own; the processes of a round take turns. Time starts when Python is ready.

    python -m benchmarks.imports [--schema FILE.rng] [--enums FILE...] [--rounds N]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from statistics import median

from .subjects import chosen, generated_package

ROUNDS = 15

TIMED = """
import time
start = time.perf_counter()
{statement}
print(time.perf_counter() - start)
"""


def main() -> None:
    arguments = _arguments()
    for subject in chosen(arguments.schema, arguments.enums, []):
        with generated_package(subject) as (package, parent):
            _report(subject.name, _statements(package), parent, arguments.rounds)


def _statements(package: object) -> dict[str, str]:
    """The root class and its functions, the smallest of the modules, and everything."""
    name = package.__name__
    modules: dict[str, str] = package._MODULES
    _, root = next(iter(import_module(f"{name}._schema").ROOTS.values()))
    smallest = min((names for module, names in modules.items() if module not in ("contents", "_runtime")), key=len)
    leaf = next(word for word in smallest.split() if word[0].isupper())
    return {
        "import lxml.etree": "import lxml.etree",
        f"import {name}": f"import {name}",
        f"one leaf class: {leaf}": f"from {name} import {leaf}",
        f"the root: {root}": f"from {name} import {root}",
        "every name": f"import {name}\nfor name in {name}.__all__: getattr({name}, name)",
    }


def _report(name: str, statements: Mapping[str, str], parent: Path, rounds: int) -> None:
    times: dict[str, list[float]] = {label: [] for label in statements}
    for turn in range(rounds + 1):
        for label, statement in statements.items():
            seconds = _seconds(statement, parent)
            if turn:  # The first turn compiles.
                times[label].append(seconds)
    print(f"\n{name}")
    base = times["import lxml.etree"]
    for label, own in times.items():
        ratio = median(seconds / other for seconds, other in zip(own, base, strict=True))
        print(f"  {label:<40} {median(own) * 1000:7.1f} ms   {ratio:6.2f} ×", flush=True)


def _seconds(statement: str, parent: Path) -> float:
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPATH"] = str(parent)
    command = [sys.executable, "-c", TIMED.format(statement=statement)]
    return float(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.imports", description=__doc__.partition("\n")[0])
    parser.add_argument("--schema", type=Path, help="another schema than our own and libvirt's")
    parser.add_argument("--enums", type=Path, nargs="*", default=[], help="enum tables that go with it")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
