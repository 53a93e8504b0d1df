"""Compares our verdicts with those of Jing and libxml2 on random grammars and documents.

usage: python benchmarks/agreement.py [--grammars 1000] [--documents 20] [--seed 0]

Needs the command `jing`. Prints every pair on which Jing and we differ, and keeps its files. The exit status is 1 if
there is one.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from hypothesis import HealthCheck, Phase, given, seed, settings  # noqa: E402
from lxml import etree  # noqa: E402
from relaxgen.diagnostics.errors import SchemaError  # noqa: E402
from relaxgen.relaxng.validator import CompiledSchema, compile_schema  # noqa: E402

from tests.relaxng.validation.small_grammars import (  # noqa: E402
    Grammar,
    Sampler,
    document_text,
    grammars,
    schema_text,
)


def make_grammars(number: int, start: int) -> list[Grammar]:
    made: list[Grammar] = []

    @seed(start)
    @settings(
        max_examples=number,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(grammars())
    def collect(grammar: Grammar) -> None:
        made.append(grammar)

    collect()
    return made


def jing_refuses(schema: Path, documents: list[Path]) -> tuple[bool, set[str]]:
    """Whether Jing refuses the schema, else the documents that it refuses."""
    command = ["jing", "-i", str(schema), *map(str, documents)]
    output = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    files = {line.split(":", 1)[0] for line in output.splitlines() if ": error: " in line or ": fatal: " in line}
    return str(schema) in files, {Path(file).name for file in files}


def our_schema(path: Path) -> CompiledSchema | None:
    try:
        return compile_schema(path)
    except SchemaError:
        return None


def libxml2_accepts(schema: Path, document: Path) -> bool | None:
    try:
        return bool(etree.RelaxNG(etree.parse(str(schema))).validate(etree.parse(str(document))))
    except etree.LxmlError:
        return None


def compare(directory: Path, grammar: Grammar, documents: int, start: int, tally: Counter[str]) -> bool:
    """Whether we agree with Jing on everything about one grammar."""
    directory.mkdir()
    schema = directory / "schema.rng"
    schema.write_text(schema_text(grammar), encoding="utf-8")
    sampler = Sampler(grammar, random.Random(start))
    paths = [directory / f"{number:02}.xml" for number in range(documents)]
    for path in paths:
        path.write_text(document_text(sampler.document()), encoding="utf-8")
    ours = our_schema(schema)
    is_refused, invalid = jing_refuses(schema, paths)
    tally["grammars"] += 1
    tally["incorrect grammars"] += is_refused
    if is_refused != (ours is None):
        print(f"{schema}: Jing {'refuses' if is_refused else 'takes'} it, we do not", flush=True)
        return False
    agree = True
    for path in paths if ours is not None else []:
        expected = path.name not in invalid
        tally["pairs"] += 1
        tally["valid"] += expected
        tally["libxml2 differs"] += libxml2_accepts(schema, path) is not expected
        if ours is not None and (not ours.validate(path)) != expected:
            print(f"{schema} {path.name}: Jing says {'valid' if expected else 'invalid'}, we do not", flush=True)
            agree = False
    return agree


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--grammars", type=int, default=1000)
    parser.add_argument("--documents", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if shutil.which("jing") is None:
        print("jing is not installed")
        return 2
    root = Path(tempfile.mkdtemp(prefix="agreement-"))
    tally: Counter[str] = Counter()
    differing = 0
    for number, grammar in enumerate(make_grammars(options.grammars, options.seed)):
        directory = root / f"{number:05}"
        if compare(directory, grammar, options.documents, options.seed + number, tally):
            shutil.rmtree(directory)
        else:
            differing += 1
    print(", ".join(f"{name} {count}" for name, count in tally.items()))
    print(f"{differing} grammars on which we and Jing differ" + (f", see {root}" if differing else ""))
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
