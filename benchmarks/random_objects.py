"""Round trips of objects of packages that are generated from random grammars.

    python benchmarks/random_objects.py --cases 10000 --seed 0

A case is a random valid document of a random grammar. Parsed and formatted, it is canonically the same document. New
objects with the same fields are written as a valid document, which gives equal objects again. The same holds for the
objects with one field changed, unless the schema forbids the change and `format` reports it.
A failure is printed with its seed, and can be repeated: ``--seed N --grammars 1``.
"""

from __future__ import annotations

import argparse
import copy
import importlib
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from lxml import etree  # noqa: E402
from relaxgen.diagnostics.errors import Diagnostics, SchemaError  # noqa: E402
from relaxgen.output import write  # noqa: E402
from relaxgen.pipeline import build_package  # noqa: E402
from relaxgen.project.request import PackageRequest  # noqa: E402
from relaxgen.relaxng.correctness import check_schema  # noqa: E402
from relaxgen.relaxng.grammar_reader import read_grammar  # noqa: E402
from relaxgen.relaxng.simplification import simplify  # noqa: E402
from relaxgen.sampling import NoSample, Sampler, random_document_of  # noqa: E402

from benchmarks.edits import Pool, ends, objects_in, outcome  # noqa: E402
from benchmarks.round_trip import round_trip  # noqa: E402
from tests.relaxng.validation.small_grammars import random_grammar, schema_text  # noqa: E402

SIZE = 25
"""Of documents, beyond the smallest."""


@dataclass(frozen=True)
class Subject:
    """A random grammar's package, and documents that the grammar allows."""

    package: ModuleType
    documents: tuple[str, ...]


def subject(directory: Path, number: int, documents: int) -> Subject | None:
    """The subject of one random number; None where the grammar is none, or allows nothing."""
    chance = random.Random(number)
    schema = directory / f"schema_{number}.rng"
    schema.write_text(schema_text(random_grammar(chance)), encoding="utf-8")
    try:
        diagnostics = Diagnostics()
        grammar = read_grammar(schema, diagnostics)
        sampler = Sampler(check_schema(grammar, simplify(grammar, diagnostics), diagnostics))
        samples = tuple([random_document_of(sampler, chance, SIZE).to_xml() for _ in range(documents)])
        package = directory / f"random_{number}"
        write(build_package(PackageRequest((schema,), package)).tree, package)
    except (SchemaError, NoSample):
        return None
    importlib.invalidate_caches()
    module = importlib.import_module(package.name)
    # An element of any name may be a root, too, and has no class.
    roots = importlib.import_module(f"{package.name}._schema").ROOTS
    return Subject(module, tuple([text for text in samples if etree.fromstring(text).tag in roots]))


def made_anew(document: Any) -> Any:
    """Equal objects that remember nothing of a document."""
    result = copy.deepcopy(document)
    for _, one in objects_in(result):
        one._preserved = None
    return result


def problems(package: ModuleType, text: str, pool: Pool, start: int) -> Iterator[tuple[str, str]]:
    """What ends otherwise than it should, by the part of the case; ``told`` is no problem, and counted."""
    problem = round_trip(package.parse, package.format, text.encode())
    if problem:
        yield "document", problem
        return
    document = package.parse(text, validate=True)
    fresh = made_anew(document)
    way, reason = outcome(package, fresh, text.encode())
    if way != "valid":
        yield "objects", f"{way}: {reason}"
        return
    for end in ends(package, partial(made_anew, document), text.encode(), pool, edits=1, start=start):
        if end.way != "valid":
            yield end.way if end.way != "wrong" else "edit", f"{end.edit}\n{end.reason}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--documents", type=int, default=40, help="cases for each grammar")
    parser.add_argument("--grammars", type=int, default=0, help="stop after so many grammars")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="random-objects-"))
    sys.path.insert(0, str(directory))
    tally: Counter[str] = Counter()
    number = options.seed
    while tally["cases"] < options.cases and not (options.grammars and tally["grammars"] >= options.grammars):
        found = subject(directory, number, options.documents)
        if found is not None:
            tally["grammars"] += 1
            check(found, number, tally)
            forget(found.package, directory)
        number += 1
    shutil.rmtree(directory)
    wrong = sum(tally[part] for part in ("document", "objects", "edit"))
    print(", ".join(f"{name} {count:,}" for name, count in tally.items()))
    print(f"{wrong} of {tally['cases']:,} cases are not as they should be")
    return 1 if wrong else 0


def check(found: Subject, number: int, tally: Counter[str]) -> None:
    pool = Pool()
    for text in found.documents:
        pool.add(found.package.parse(text))
    for index, text in enumerate(found.documents):
        tally["cases"] += 1
        for part, problem in problems(found.package, text, pool, number + index):
            tally[part] += 1
            if part not in ("told", "refused"):
                print(f"--seed {number}, document {index}, {part}: {problem}\n{text}", flush=True)


def forget(package: ModuleType, directory: Path) -> None:
    """Frees what a package has taken."""
    for name in [name for name in sys.modules if name.split(".")[0] == package.__name__]:
        del sys.modules[name]
    shutil.rmtree(directory / package.__name__)


if __name__ == "__main__":
    sys.exit(main())
