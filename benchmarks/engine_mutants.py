"""Mutants of documents through the native engine and the pure path: verdicts, objects, errors and texts must agree.

    python benchmarks/engine_mutants.py --count 100000 --seed 0
    python benchmarks/engine_mutants.py --package DIRECTORY/NAME --documents DIRECTORY
    python benchmarks/engine_mutants.py --schema schemas/domain.rng      random valid documents in place of mutants
    sh engine/sanitized.sh benchmarks/engine_mutants.py --count 20000    guided by what the engine's code meets

Without arguments the documents are our own domains. A mutant that the engine gives up says nothing more, since then
the pure path reads it from the start; so this finds crashes, documents that only the engine takes, wrong verdicts, and
different objects and texts.

With an engine that `engine/sanitized.sh` builds, the mutants are guided: one that makes the engine take a step that it
never took, or more often, or that makes a comparison nearer to equal, is kept in DIRECTORY, and mutants are made of it,
too. It is also read in all ways that `parse` knows, and again and again, which must not take more and more memory.
``--kept DIRECTORY`` goes on from an earlier run. `last` in it is the document that was read when a process dies.
Without ``--kept``, the directory is temporary: it is left behind only if the process dies.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import hashlib
import importlib
import itertools
import os
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import ModuleType

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from relaxgen.diagnostics.errors import Diagnostics  # noqa: E402
from relaxgen.relaxng.correctness import check_schema  # noqa: E402
from relaxgen.relaxng.grammar_reader import read_grammar  # noqa: E402
from relaxgen.relaxng.simplification import simplify  # noqa: E402
from relaxgen.sampling import Sampler, random_document_of  # noqa: E402

from benchmarks.engine import why_there_is_none  # noqa: E402
from tests.engine.differences import native_of, reading_problem, taken, verdict_problem, verdicts  # noqa: E402
from tests.engine.mutants import crossed, mutant  # noqa: E402

STEP = 10_000
SIZES = (0, 5, 20, 60)
"""Of random documents, beyond the smallest."""
LONGEST = 8192
"""Bytes of a document that is kept: what is wrong with a long one is wrong with a short one."""
SMALLEST = 8
"""Bytes, of an allocation."""


def main() -> int:
    options = _options()
    package = _package(options.package)
    if native_of(package) is None:
        print(why_there_is_none(), file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="mutants-") as temporary:
        make, learn = _ways(package, options, options.kept or Path(temporary))
        return _compare(package, options, make, learn)


def _compare(
    package: ModuleType,
    options: argparse.Namespace,
    make: Callable[[Random], bytes],
    learn: Callable[[bytes], str],
) -> int:
    counts, wrong = native_of(package).engine.counts, 0
    for done, number in enumerate(range(options.seed, options.seed + options.count), start=1):
        data = make(Random(number))
        found = problem(package, data) or learn(data)
        if found:
            wrong += 1
            print(f"mutant {number}: {found[:2000]}\n{data!r}", flush=True)
        if done % STEP == 0 or done == options.count:
            print(f"{done:,} documents, {wrong} wrong, {counts()}", flush=True)
    return 1 if wrong else 0


def _ways(
    package: ModuleType, options: argparse.Namespace, kept: Path
) -> tuple[Callable[[Random], bytes], Callable[[bytes], str]]:
    """How documents are made, and what else is found out about each."""
    coverage = _coverage()
    if options.schema:
        return _random_documents(options.schema), _nothing
    if coverage is None:
        return _mutants(options.documents), _nothing
    guide = Guide(package, coverage, options.documents, kept)
    return guide.make, guide.learn


def problem(package: ModuleType, data: bytes) -> str:
    return verdict_problem(package, data) or (reading_problem(package, data) if taken(package, data) else "")


def _nothing(_data: bytes) -> str:
    return ""


def _mutants(directory: Path) -> Callable[[Random], bytes]:
    documents = _documents(directory)
    return lambda random: mutant(random.choice(documents), random)


def _documents(directory: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file()]


def _random_documents(schema: Path) -> Callable[[Random], bytes]:
    diagnostics = Diagnostics()
    grammar = read_grammar(schema, diagnostics)
    sampler = Sampler(check_schema(grammar, simplify(grammar, diagnostics), diagnostics))
    return lambda random: random_document_of(sampler, random, random.choice(SIZES)).to_xml().encode()


# Guided mutants


def _coverage() -> Callable[[], int] | None:
    """What `engine/coverage.c` counts, if the engine is built with it."""
    library = ctypes.CDLL(importlib.import_module("relaxgen_engine._engine").__file__)
    news: Callable[[], int] | None = getattr(library, "coverage_news", None)
    return news


class Guide:
    """Makes mutants of documents, and of mutants that met something new."""

    def __init__(self, package: ModuleType, coverage: Callable[[], int], documents: Path, kept: Path) -> None:
        kept.mkdir(parents=True, exist_ok=True)
        self._package = package
        self._coverage = coverage
        self._directory = kept
        self._last = os.open(kept / "last", os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
        self._kept: list[bytes] = []
        self._first = [*_documents(documents), *(path.read_bytes() for path in sorted(kept.glob("kept-*")))][::-1]
        print(f"guided: {len(self._first)} documents to begin with, kept in {kept}", flush=True)

    def make(self, random: Random) -> bytes:
        """First the documents themselves, then mutants: half of them of the newest quarter, more of short ones."""
        data = self._first.pop() if self._first else self._mutant(random)
        os.ftruncate(self._last, 0)
        os.pwrite(self._last, data, 0)
        return data

    def _mutant(self, random: Random) -> bytes:
        data = min(self._chosen(random), self._chosen(random), key=len)
        if random.random() < 0.25:
            data = crossed(data, self._chosen(random), random)
        return mutant(data, random)

    def _chosen(self, random: Random) -> bytes:
        newest = len(self._kept) * 3 // 4 if random.random() < 0.5 else 0
        return self._kept[random.randrange(newest, len(self._kept))]

    def learn(self, data: bytes) -> str:
        """Keeps a document that met something new. The result is what is wrong with a closer look at it."""
        if self._coverage() == 0 or len(data) > LONGEST:
            return ""
        self._kept.append(data)
        (self._directory / f"kept-{hashlib.sha256(data).hexdigest()[:16]}").write_bytes(data)
        found = self._problem_of_options(data) or self._loss(data)
        self._coverage()
        return found

    def _problem_of_options(self, data: bytes) -> str:
        for unknown, validate in itertools.product(("error", "keep", "ignore"), (False, True)):
            found = reading_problem(self._package, data, unknown=unknown, validate=validate)
            if found:
                return f"unknown={unknown!r}, validate={validate}: {found}"
        return ""

    def _loss(self, data: bytes) -> str:
        """Memory that is lost each time. What is only remembered does not grow for long."""
        self._read_natively(data)
        for times in (10, 1_000, 20_000):
            loss = self._growth(data, times) // times
            if loss < SMALLEST:
                return ""
        return f"{loss} bytes are lost each time"

    def _growth(self, data: bytes, times: int) -> int:
        gc.freeze()  # what is there already, the collector need not look at
        tracemalloc.start()
        for _ in range(times):
            self._read_natively(data)
        gc.collect()
        growth = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        return growth

    def _read_natively(self, data: bytes) -> None:
        native = native_of(self._package)
        found = native.engine.parse(data, native.roots)
        if found is not None:
            native.engine.format(found, 2)
        verdicts(self._package, data)


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
    parser.add_argument("--kept", type=Path, metavar="DIRECTORY", help="where guided mutants are kept and taken from")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
