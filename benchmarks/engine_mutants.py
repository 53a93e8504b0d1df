"""Mutants of documents through the native engine and the pure path: verdicts, objects, errors and texts must agree.

    python benchmarks/engine_mutants.py --count 100000 --seed 0
    python benchmarks/engine_mutants.py --package DIRECTORY/NAME --documents DIRECTORY
    python benchmarks/engine_mutants.py --schema schemas/domain.rng      random valid documents in place of mutants

Without arguments the documents are our own domains. A mutant that the engine gives up says nothing more, since then
the pure path reads it from the start; so this finds crashes, documents that only the engine takes, wrong verdicts, and
different objects and texts. Run it with an engine that is built under sanitizers, as engine/README.md tells.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import ModuleType

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from relaxgen.diagnostics.errors import Diagnostics  # noqa: E402
from relaxgen.relaxng.correctness import check_schema  # noqa: E402
from relaxgen.relaxng.reader import read_grammar  # noqa: E402
from relaxgen.relaxng.simplification import simplify  # noqa: E402
from relaxgen.sampling import Sampler, random_document_of  # noqa: E402

from tests.engine.differences import native_of, problem, taken, verdict_problem  # noqa: E402
from tests.engine.mutants import mutant  # noqa: E402

STEP = 10_000
SIZES = (0, 5, 20, 60)
"""Of random documents, beyond the smallest."""


def main() -> int:
    options = _options()
    package = _package(options.package)
    make = _random_documents(options.schema) if options.schema else _mutants(options.documents)
    native = native_of(package)
    if native is None:
        print("the engine is not installed: pip install ./engine", file=sys.stderr)
        return 2
    wrong = 0
    tally: Counter[str] = Counter()
    for number in range(options.seed, options.seed + options.count):
        data = make(Random(number))
        found = problem(package, data) if taken(package, data) else verdict_problem(package, data)
        if found:
            wrong += 1
            print(f"--seed {number} --count 1: {found[:2000]}", flush=True)
        tally["documents"] += 1
        if tally["documents"] % STEP == 0:
            print(f"{tally['documents']:,} documents, {wrong} wrong, {native.engine.counts()}", flush=True)
    print(f"{options.count:,} documents, {wrong} wrong, {native.engine.counts()}")
    return 1 if wrong else 0


def _mutants(directory: Path) -> Callable[[Random], bytes]:
    documents = sorted(path.read_bytes() for path in directory.rglob("*") if path.is_file())
    return lambda random: mutant(random.choice(documents), random)


def _random_documents(schema: Path) -> Callable[[Random], bytes]:
    diagnostics = Diagnostics()
    grammar = read_grammar(schema, diagnostics)
    sampler = Sampler(check_schema(grammar, simplify(grammar, diagnostics), diagnostics))
    return lambda random: random_document_of(sampler, random, random.choice(SIZES)).to_xml().encode()


def _package(path: Path) -> ModuleType:
    if path == REPOSITORY / "generated" / "domain":
        return importlib.import_module("generated.domain")
    sys.path.insert(0, str(path.resolve().parent))
    return importlib.import_module(path.name)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=STEP)
    parser.add_argument("--seed", type=int, default=0, help="the number of the first mutant")
    parser.add_argument("--package", type=Path, default=REPOSITORY / "generated" / "domain")
    parser.add_argument("--schema", type=Path, help="of the package: random documents of it are read")
    parser.add_argument("--documents", type=Path, default=REPOSITORY / "tests" / "documents" / "domain")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
