"""How the time of validation, of explaining faults and of generating grows with the size of documents and schemas.

usage: python -m benchmarks.growth [PLOT.svg]

Each kind is measured at three sizes, each twice the one before, in one run and in processor time. A straight line
doubles; the table shows the factor from size to size, the plot all kinds relative to their smallest size. Generating is
measured up to the text of modules: black, which lays that out, grows with the text.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from time import process_time

from relaxgen.pipeline import list_files
from relaxgen.project.request import PackageRequest
from relaxgen.relaxng import compile_schema

RNG = 'xmlns="http://relaxng.org/ns/structure/1.0"'
XSD = 'datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes"'

Made = tuple[str, str]
"""A schema and a document."""


def _names(count: int) -> list[str]:
    return [f"n{number}" for number in range(count)]


def _optional_elements(count: int) -> str:
    return "".join(f'<optional><element name="{name}"><text/></element></optional>' for name in _names(count))


def _children(names: list[str]) -> str:
    return f"<r>{''.join(f'<{name}/>' for name in names)}</r>"


def attributes(count: int) -> Made:
    body = "".join(f'<optional><attribute name="{name}"/></optional>' for name in _names(count))
    values = " ".join(f"{name}='1'" for name in reversed(_names(count)))
    return f'<element name="r" {RNG}>{body}</element>', f"<r {values}/>"


def interleave(count: int) -> Made:
    body = f"<interleave>{_optional_elements(count)}</interleave>"
    return f'<element name="r" {RNG}>{body}</element>', _children(_names(count)[::-1])


def group(count: int) -> Made:
    return f'<element name="r" {RNG}>{_optional_elements(count)}</element>', _children(_names(count))


def comment(count: int) -> Made:
    return f'<element name="r" {RNG}><text/></element>', f"<r><!--{'c' * count * 10_000}--></r>"


def pattern(count: int) -> Made:
    data = '<data type="string"><param name="pattern">(a|aa)+b</param></data>'
    return f'<element name="r" {RNG} {XSD}>{data}</element>', f"<r>{'a' * count * 1000}b</r>"


def elements(count: int) -> Made:
    """Classes in families of fifty."""
    field = '<attribute name="a"/><text/>'
    inner = [f'<optional><element name="{name}">{field}</element></optional>' for name in _names(count)]
    families = ("".join(inner[start : start + 50]) for start in range(0, count, 50))
    body = "".join(f'<element name="f{number}">{family}</element>' for number, family in enumerate(families))
    return f'<element name="r" {RNG}><choice>{body}</choice></element>', ""


def alternatives(count: int) -> Made:
    """A list of elements of many names, in any order."""
    body = "".join(f'<element name="{name}"><attribute name="a"/></element>' for name in _names(count))
    schema = f'<element name="r" {RNG}><zeroOrMore><choice>{body}</choice></zeroOrMore></element>'
    children = "".join(f"<{name} a='1'/>" for name in _names(count)[::-1])
    return schema, f"<r>{children}</r>"


def misspelt(count: int) -> Made:
    """Nothing but faults."""
    choices = '<element name="item"><text/></element><element name="entry"><text/></element>'
    schema = f'<element name="r" {RNG}><zeroOrMore><choice>{choices}</choice></zeroOrMore></element>'
    return schema, f"<r>{'<itme/>' * count * 20}</r>"


VALIDATED: tuple[Callable[[int], Made], ...] = (attributes, interleave, group, comment, pattern)
EXPLAINED: tuple[Callable[[int], Made], ...] = (attributes, interleave, group, alternatives, misspelt)
GENERATED: tuple[Callable[[int], Made], ...] = (attributes, interleave, group, alternatives, elements)
SIZES = (500, 1000, 2000)


def seconds_to_generate(made: Made, directory: Path) -> float:
    schema = directory / "schema.rng"
    schema.write_text(made[0], encoding="utf-8")
    start = process_time()
    list_files(PackageRequest((schema,), directory / "package"))
    return process_time() - start


def seconds_to_validate(made: Made, directory: Path) -> float:
    schema = directory / "schema.rng"
    schema.write_text(made[0], encoding="utf-8")
    compiled = compile_schema(schema)
    start = process_time()
    if not compiled.is_valid(made[1]):
        raise AssertionError("the document is valid by its making")
    return process_time() - start


def seconds_to_explain(made: Made, directory: Path) -> float:
    """The first fault of a document in which one name is wrong, or more."""
    schema = directory / "schema.rng"
    schema.write_text(made[0], encoding="utf-8")
    compiled = compile_schema(schema)
    document = re.sub(r"\bn7\b", "m7", made[1])
    start = process_time()
    if len(compiled.validate(document, max_faults=1)) != 1:
        raise AssertionError("the document is not valid by its making")
    return process_time() - start


def plot(results: dict[str, list[float]]) -> str:
    """An SVG: sizes to the right, time relative to the smallest size upwards; dashed what grows with the size."""
    colours = ("#1b6", "#26c", "#c33", "#a5c", "#e80", "#088", "#850", "#555")
    dashes = ("", "8 3", "2 3")
    most = max(max(times) / times[0] for times in results.values())
    most = max(most, SIZES[-1] / SIZES[0])

    def points(times: list[float]) -> str:
        pairs = zip(SIZES, times, strict=True)
        return " ".join(f"{40 + 400 * n / SIZES[-1]:.0f},{260 - 230 * t / times[0] / most:.0f}" for n, t in pairs)

    lines = [f'<polyline points="{points([float(n) for n in SIZES])}" stroke="#888" stroke-dasharray="4"/>']
    labels = []
    for index, (name, times) in enumerate(results.items()):
        colour, dash = colours[index % len(colours)], dashes[index // len(colours)]
        lines.append(f'<polyline points="{points(times)}" stroke="{colour}" stroke-dasharray="{dash}"/>')
        labels.append(f'<text x="50" y="{40 + 14 * index}" fill="{colour}">{name}</text>')
    style = 'font-family="sans-serif" font-size="13"'
    drawn = f'<g fill="none" stroke-width="2">{"".join(lines)}</g><g {style}>{"".join(labels)}</g>'
    axes = '<path d="M40 20V260H450" stroke="#000" fill="none"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 470 280">{axes}{drawn}</svg>\n'


def main(arguments: list[str]) -> None:
    results: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as directory:
        measured = [(kind, "validate", seconds_to_validate) for kind in VALIDATED]
        measured += [(kind, "explain", seconds_to_explain) for kind in EXPLAINED]
        measured += [(kind, "generate", seconds_to_generate) for kind in GENERATED]
        for kind, verb, seconds in measured:
            name = f"{verb} {kind.__name__}"
            times = results[name] = [seconds(kind(size), Path(directory)) for size in SIZES]
            factors = " ".join(f"x{later / earlier:.1f}" for earlier, later in pairwise(times))
            print(f"{name:22}", *(f"{time:7.3f} s" for time in times), " ", factors)
    if arguments:
        Path(arguments[0]).write_text(plot(results), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
