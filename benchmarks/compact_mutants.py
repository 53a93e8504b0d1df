"""Mutants of schemas in the compact syntax: each is read or refused with a place, and what is read can be formatted.

usage: python benchmarks/compact_mutants.py [--count 100000] [--seed 0] [--seconds 2] [DIRECTORY...]

A mutant is a schema, or an excerpt of a larger one, in which one to three tokens or characters have been removed,
doubled, exchanged or replaced. Exit status 1 where an exception comes through, a mistake has no place, a mutant takes
longer than ``--seconds``, the layout of a schema would change it, or a second conversion to XML gives other bytes.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from relaxgen.diagnostics.errors import SchemaError  # noqa: E402
from relaxgen.relaxng.syntax_conversion import Syntax, convert_schema, format_schema  # noqa: E402

from benchmarks.subjects import CORPUS  # noqa: E402

CASES = REPOSITORY / "tests" / "relaxng" / "compact"
LONGEST = 2_000
"""Characters of a schema; of a longer one a part is taken, which begins and ends with a definition."""

_TOKEN = re.compile(r"\"\"\".*?\"\"\"|\"[^\"\n]*\"|#[^\n]*|[\w.:-]+|\s+|.", re.DOTALL)
_WORDS = """
    element attribute list mixed grammar start include external inherit parent div default namespace datatypes empty
    text notAllowed string token x x:y x:* xsd:int = |= &= { } ( ) [ ] , | & ? * + - ~ >> "t" 'u' " ' \"\"\" #c ##d
    \\list \\x{41} \\x{ 1 ; < é
"""
_SPARE = [*_WORDS.split(), "\0", "\r", "\n", "\ufeff"]


def schemas(directories: Sequence[Path]) -> list[str]:
    files = sorted(file for directory in directories for file in directory.rglob("*.rnc"))
    return [file.read_text(encoding="utf-8-sig") for file in files]


def excerpt(text: str, random: Random) -> str:
    if len(text) <= LONGEST:
        return text
    parts = text.split("\n\n")
    start = random.randrange(len(parts))
    found = parts[0]
    for part in parts[start:]:
        if len(found) + len(part) > LONGEST:
            break
        found += f"\n\n{part}"
    return found[: 2 * LONGEST]


def mutants(texts: Sequence[str], random: Random) -> Iterator[str]:
    while True:
        tokens = _TOKEN.findall(excerpt(random.choice(texts), random))
        for _ in range(random.randint(1, 3)):
            if tokens:
                mutate(tokens, random)
        yield "".join(tokens)


def mutate(tokens: list[str], random: Random) -> None:
    at = random.randrange(len(tokens))
    match random.randrange(6):
        case 0:
            del tokens[at]
        case 1:
            tokens.insert(at, tokens[at])
        case 2:
            other = random.randrange(len(tokens))
            tokens[at], tokens[other] = tokens[other], tokens[at]
        case 3:
            tokens[at] = random.choice(_SPARE)
        case 4:
            tokens.insert(at, f" {random.choice(_SPARE)} ")
        case _:
            inside = random.randrange(len(tokens[at]) + 1)
            tokens[at] = tokens[at][:inside] + tokens[at][inside + 1 :]


def outcome(text: str) -> str:
    """Raises whatever is not the mistake of a schema."""
    data = text.encode("utf-8", "surrogatepass")
    try:
        format_schema(data, "mutant.rnc")
        there = convert_schema(data, "mutant.rnc", Syntax.XML)
        back = convert_schema(there.encode(), "mutant.rng", Syntax.COMPACT)
        assert convert_schema(back.encode(), "mutant.rnc", Syntax.XML) == there, "a second conversion gives other bytes"
    except SchemaError as error:
        assert error.diagnostics, "a mistake without a message"
        assert all(one.location.line for one in error.diagnostics), f"a mistake without a place: {error}"
        return "refused"
    return "read"


def run(texts: Sequence[str], count: int, seed: int, seconds: float, *, shows_progress: bool = False) -> Counter[str]:
    """The number of mutants by what became of them."""
    outcomes: Counter[str] = Counter()
    source = mutants(texts, Random(seed))
    for number in range(count):
        text = next(source)
        start = time.process_time()
        try:
            found = outcome(text)
        except Exception:
            found = "crashed"
            print(f"mutant {number}:\n{text}\n", file=sys.stderr)
            traceback.print_exc(limit=-6)
        if time.process_time() - start > seconds:
            found = "too slow"
            print(f"mutant {number} took {time.process_time() - start:.1f} s:\n{text}\n", file=sys.stderr)
        outcomes[found] += 1
        if shows_progress and number % 10_000 == 9_999:
            print(f"  {number + 1:,} mutants: {dict(outcomes)}", flush=True)
    return outcomes


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directories", type=Path, nargs="*", default=[CASES, CORPUS / "compact"])
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=2.0)
    options = parser.parse_args()
    texts = schemas(options.directories)
    outcomes = run(texts, options.count, options.seed, options.seconds, shows_progress=True)
    print(f"{len(texts)} schemas, {options.count:,} mutants: {dict(outcomes)}")
    return 1 if outcomes["crashed"] or outcomes["too slow"] else 0


if __name__ == "__main__":
    sys.exit(main())
