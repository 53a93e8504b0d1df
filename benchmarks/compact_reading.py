"""How long 5,000 lines of the compact syntax take to read, to check and to write again, beside the same schema in XML.

usage: python benchmarks/compact_reading.py [--lines 5000] [FILE.rnc...]

Without files, the lines are definitions of every kind, made here; files are measured one by one. Each time is the best
of three, in seconds of processor time.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from time import process_time

from relaxgen.relaxng import read_grammar_text, simplify
from relaxgen.relaxng.correctness import check_schema
from relaxgen.relaxng.syntax_conversion import Syntax, convert_schema, format_schema

HEAD = """namespace b = "urn:relaxgen:binding:1"
default namespace = "urn:example"

start = {start}
"""
DEFINITIONS = """
## An element with everything in it: number {0}.
[ b:name = "Thing{0}" ]
thing{0} = element thing{0} {{
  # a comment
  attribute id {{ xsd:ID }},
  attribute kind {{ "one" | "two" | "three" }}?,
  (element title {{ text }}
   & element size {{ xsd:int {{ minInclusive = "0" maxInclusive = "100" }} - "7" }}?
   & other{0}*),
  element list {{ list {{ xsd:decimal+ }} }}?
}}
other{0} = element other{0} {{ empty }}
"""


def made(lines: int) -> str:
    length = DEFINITIONS.count("\n")
    numbers = range((lines - HEAD.count("\n")) // length + 1)
    names = "\n  | ".join(f"thing{number}" for number in numbers)
    return HEAD.format(start=names) + "".join(map(DEFINITIONS.format, numbers))


def best(measured: Callable[[], object]) -> float:
    times = []
    for _ in range(3):
        start = process_time()
        measured()
        times.append(process_time() - start)
    return min(times)


def measure(name: str, data: bytes) -> None:
    xml = convert_schema(data, f"{name}.rnc", Syntax.XML).encode()
    grammar = read_grammar_text(data, f"{name}.rnc")
    times = {
        "read": lambda: read_grammar_text(data, f"{name}.rnc"),
        "read the XML": lambda: read_grammar_text(xml, f"{name}.rng"),
        "simplify and check": lambda: check_schema(grammar, simplify(grammar)),
        "convert to XML": lambda: convert_schema(data, f"{name}.rnc", Syntax.XML),
        "format": lambda: format_schema(data, f"{name}.rnc"),
    }
    print(f"{name}: {len(data.splitlines()):,} lines, in XML {len(xml.splitlines()):,}")
    for step, measured in times.items():
        print(f"  {step:20}{best(measured):7.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="*")
    parser.add_argument("--lines", type=int, default=5000)
    options = parser.parse_args()
    if not options.files:
        measure("made", made(options.lines).encode())
    for file in options.files:
        measure(file.stem, file.read_bytes())


if __name__ == "__main__":
    main()
