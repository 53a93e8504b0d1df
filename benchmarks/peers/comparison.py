"""Measures all contenders in one interleaved run, checks that they agree, and prints tables."""

from __future__ import annotations

import argparse
import platform
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from importlib import import_module
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
SHOWN = 1
"""The index of the size that the picture shows."""
BASE = "lxml.etree"
ROUNDS = 30
TABLE_START, TABLE_END = "<!-- made by benchmarks.peers -->\n", "<!-- to here -->\n"


class Key(NamedTuple):
    """What is measured: an action, and a contender."""

    action: str
    name: str


Figures = dict[Key, list[Timing]]
"""For each key a figure for each size."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--picture", type=Path, metavar="DIR", help="write peers-light.svg and peers-dark.svg there")
    parser.add_argument("--page", type=Path, metavar="FILE", help="replace the tables in this page")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    arguments = parser.parse_args()
    with TemporaryDirectory() as directory:
        contenders, missing = made(Path(directory))
        documents = [order(size) for size in SIZES]
        figures = measured(packages(Path(directory)), contenders, documents, arguments.rounds)
    report = "\n".join([*conditions(missing), "", *tables(figures, documents)]) + "\n"
    print(report, end="")
    if arguments.page is not None:
        arguments.page.write_text(with_tables(arguments.page.read_text(encoding="utf-8"), report), encoding="utf-8")
    if arguments.picture is not None:
        for theme in ("light", "dark"):
            text = picture(panels(figures, len(documents[SHOWN])), theme)
            (arguments.picture / f"peers-{theme}.svg").write_text(text, encoding="utf-8")


def measured(shops: Ours, contenders: list[Contender], documents: list[bytes], rounds: int) -> Figures:
    """
    Raises:
        ValueError: see `check_agreement`.
    """
    relax_ng = etree.RelaxNG(etree.fromstring(_schema_in_xml()))
    xml_schema = etree.XMLSchema(etree.parse(XML_SCHEMA))
    figures: Figures = {}
    for document in documents:
        assert relax_ng.validate(etree.fromstring(document)), relax_ng.error_log
        assert xml_schema.validate(etree.fromstring(document)), xml_schema.error_log
        check_agreement(contenders, document)
        assert shops.engine is None or taken(shops.engine, document), "the engine leaves the document to the pure path"
        candidates = {**_parsing_and_formatting(contenders, document), **_validating(shops, relax_ng, document)}
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


def _parsing_and_formatting(contenders: list[Contender], document: bytes) -> dict[Key, Callable[[], object]]:
    tree = etree.fromstring(document)
    found: dict[Key, Callable[[], object]] = {
        Key("parse", BASE): partial(etree.fromstring, document),
        Key("format", BASE): partial(etree.tostring, tree),
    }
    for contender in contenders:
        found[Key("parse", contender.name)] = partial(contender.parse, document)
        found[Key("format", contender.name)] = partial(contender.format, contender.parse(document))
    return found


def _validating(shops: Ours, relax_ng: etree.RelaxNG, document: bytes) -> dict[Key, Callable[[], object]]:
    """From bytes to a verdict."""
    found: dict[Key, Callable[[], object]] = {
        Key("validate", f"relaxgen, {way}"): partial(_is_valid(shop), document, shop.__name__, shop.Order._entry)
        for way, shop in shops._asdict().items()
        if shop is not None
    }
    found[Key("validate", "libxml2’s RELAX NG")] = lambda: relax_ng.validate(etree.fromstring(document))
    assert all(is_valid() for is_valid in found.values())
    return found


def _is_valid(shop: Any) -> Callable[[bytes, str, str], bool]:
    function: Callable[[bytes, str, str], bool] = import_module(
        f"{shop.__name__}._runtime.validation.validator"
    ).is_valid
    return function


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


def tables(figures: Figures, documents: list[bytes]) -> Iterator[str]:
    """One for each action. The spread is the largest of a line."""
    for action in dict.fromkeys(key.action for key in figures):
        yield f"| {action} | " + " | ".join(f"{len(document) / 1000:.1f} KB" for document in documents) + " | spread |"
        yield "|---|" + "---:|" * (len(documents) + 1)
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


def panels(figures: Figures, size: int) -> list[Panel]:
    titles = {"parse": "Parse", "format": "Format", "validate": "Validate"}
    return [
        Panel(
            f"{title} {size / 1000:.0f} KB",
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
