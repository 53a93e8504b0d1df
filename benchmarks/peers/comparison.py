"""Measures all contenders in one interleaved run, checks that they agree, and prints tables."""

from __future__ import annotations

import argparse
import gc
import platform
from collections.abc import Callable, Iterator
from datetime import date
from importlib import import_module
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from lxml import etree
from relaxgen.relaxng.syntax_conversion import Syntax, convert_schema
from relaxgen.version import VERSION

from benchmarks.interleaving import Timing, compare
from tests.engine.differences import taken

from .contenders import SCHEMA, XML_SCHEMA, Contender, Ours, made, packages, versions
from .documents import order
from .picture import Bar, Panel, picture
from .shape import values

SIZES = (1_500, 6_000, 30_000)
DIFFERENT = 300
"""So many documents of the middle size are measured in turn: what is remembered of earlier ones is of less use."""
SHOWN = -1
"""The series that the picture shows, the last one: programs do not read the same document again and again."""
BASE = "lxml.etree"
ROUNDS = 25
TABLE_START, TABLE_END = "<!-- made by benchmarks.peers -->\n", "<!-- to here -->\n"


class Key(NamedTuple):
    """What is measured: an action, and a contender."""

    action: str
    name: str


Figures = dict[Key, list[Timing]]
"""For each key a figure for each series."""


class Series(NamedTuple):
    """Documents of about the same size, which are measured in turn."""

    documents: list[bytes]

    @property
    def label(self) -> str:
        count = len(self.documents)
        size = sum(map(len, self.documents)) / count
        return f"{size / 1000:.1f} KB" + (f", {count} different" if count > 1 else "")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--picture", type=Path, metavar="DIR", help="write peers-light.svg and peers-dark.svg there")
    parser.add_argument("--page", type=Path, metavar="FILE", help="replace the tables in this page")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    arguments = parser.parse_args()
    with TemporaryDirectory() as directory:
        contenders, missing = made(Path(directory))
        series = [Series([order(size)]) for size in SIZES]
        series.append(Series([order(SIZES[1], number) for number in range(DIFFERENT)]))
        figures = measured(packages(Path(directory)), contenders, series, arguments.rounds)
    report = "\n".join([*conditions(missing), "", *tables(figures, series)]) + "\n"
    print(report, end="")
    if arguments.page is not None:
        arguments.page.write_text(with_tables(arguments.page.read_text(encoding="utf-8"), report), encoding="utf-8")
    if arguments.picture is not None:
        for theme in ("light", "dark"):
            text = picture(panels(figures, series[SHOWN]), theme)
            (arguments.picture / f"peers-{theme}.svg").write_text(text, encoding="utf-8")


def measured(shops: Ours, contenders: list[Contender], series: list[Series], rounds: int) -> Figures:
    """
    Raises:
        ValueError: see `check_agreement`.
    """
    relax_ng = etree.RelaxNG(etree.fromstring(_schema_in_xml()))
    xml_schema = etree.XMLSchema(etree.parse(XML_SCHEMA))
    figures: Figures = {}
    for one in series:
        for document in one.documents:
            xml_schema.assertValid(etree.fromstring(document))
            assert shops.engine is None or taken(shops.engine, document), "the engine leaves it to the pure path"
        check_agreement(contenders, one.documents[0])
        candidates = {**_parsing_and_formatting(contenders, one), **_validating(shops, relax_ng, one)}
        gc.collect()
        gc.freeze()  # the documents and objects of all contenders are nothing that the next should pay for
        timings = compare({"/".join(key): call for key, call in candidates.items()}, rounds)
        for key, timing in zip(candidates, timings, strict=True):
            figures.setdefault(key, []).append(timing)
    return figures


def _schema_in_xml() -> bytes:
    return convert_schema(SCHEMA.read_bytes(), SCHEMA.name, Syntax.XML).encode()


def check_agreement(contenders: list[Contender], document: bytes) -> None:
    """
    Raises:
        ValueError: a contender reads other values than the first, or writes another document than it has read.
    """
    first = contenders[0]
    expected = list(values(first.access, first.parse(document)))
    for contender in contenders:
        one = contender.parse(document)
        found = list(values(contender.access, one))
        for value, other in zip(found, expected, strict=True):
            if value[:2] != other[:2] or (contender.is_typed and value != other):
                raise ValueError(f"{contender.name} has {value} where {first.name} has {other}")
        if _canonical(contender.format(one)) != _canonical(document):
            raise ValueError(f"{contender.name} writes another document than it has read")


def _canonical(document: str | bytes) -> bytes:
    data = document.encode() if isinstance(document, str) else document
    text: bytes = etree.tostring(etree.fromstring(data, etree.XMLParser(remove_blank_text=True)), method="c14n")
    return text


def _parsing_and_formatting(contenders: list[Contender], series: Series) -> dict[Key, Callable[[], object]]:
    ways = {BASE: (etree.fromstring, etree.tostring)}
    ways |= {contender.name: (contender.parse, contender.format) for contender in contenders}
    found: dict[Key, Callable[[], object]] = {}
    for name, (parse, format) in ways.items():
        found[Key("parse", name)] = _in_turn(parse, series.documents)
        found[Key("format", name)] = _in_turn(format, [parse(document) for document in series.documents])
    return found


def _in_turn(function: Callable[[Any], object], items: list[Any]) -> Callable[[], object]:
    """Each call is for the next item."""
    turn = cycle(items)
    return lambda: function(next(turn))


def _validating(shops: Ours, relax_ng: etree.RelaxNG, series: Series) -> dict[Key, Callable[[], object]]:
    """From bytes to a verdict."""
    ways = {f"relaxgen, {way}": _is_valid(shop) for way, shop in shops._asdict().items() if shop is not None}
    ways["libxml2’s RELAX NG"] = lambda document: bool(relax_ng.validate(etree.fromstring(document)))
    assert all(is_valid(document) for is_valid in ways.values() for document in series.documents)
    return {Key("validate", name): _in_turn(is_valid, series.documents) for name, is_valid in ways.items()}


def _is_valid(shop: Any) -> Callable[[bytes], bool]:
    entry = shop.Order._entry
    is_valid = import_module(f"{shop.__name__}._runtime.validator")._validator(shop.__name__, entry).is_valid
    return lambda document: bool(is_valid(document, entry=entry))


def conditions(missing: dict[str, str]) -> Iterator[str]:
    """On what it was measured, and with what."""
    where = f"{processor()}, {platform.system()}, Python {platform.python_version()}"
    yield f"Measured on {date.today().isoformat()} on {where};"
    yield f"relaxgen {VERSION}, " + ", ".join(f"{name} {number}" for name, number in versions().items()) + "."
    if missing:
        yield "Left out: " + ", ".join(f"{name} ({reason})" for name, reason in missing.items()) + "."


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    name = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return name or platform.processor() or platform.machine()


def tables(figures: Figures, series: list[Series]) -> Iterator[str]:
    """One for each action. The spread is the largest of a line."""
    for action in dict.fromkeys(key.action for key in figures):
        yield f"| {action} | " + " | ".join(one.label for one in series) + " | spread |"
        yield "|---|" + "---:|" * (len(series) + 1)
        for key, timings in figures.items():
            if key.action == action:
                ratios = " | ".join(shown(timing.ratio) for timing in timings)
                yield f"| {key.name} | {ratios} | ± {max(timing.spread for timing in timings):.0%} |"
        yield ""


def shown(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:.1f}"


def with_tables(page: str, report: str) -> str:
    """The page with other tables between its two marks."""
    before, _, rest = page.partition(TABLE_START)
    _, end, after = rest.partition(TABLE_END)
    if not end:
        raise ValueError(f"the page has no {TABLE_START.strip()} … {TABLE_END.strip()}")
    return f"{before}{TABLE_START}{report}{TABLE_END}{after}"


def panels(figures: Figures, series: Series) -> list[Panel]:
    titles = {"parse": "Parse", "format": "Format", "validate": "Validate"}
    return [
        Panel(
            f"{title}: {series.label}",
            tuple(
                Bar(key.name, shown(timings[SHOWN].ratio), timings[SHOWN].ratio, key.name.startswith("relaxgen"))
                for key, timings in figures.items()
                if key.action == action
            ),
        )
        for action, title in titles.items()
    ]


if __name__ == "__main__":
    main()
