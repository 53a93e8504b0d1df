"""The comparison with other libraries: documents, agreement, tables and picture. Nothing here is timed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from lxml import etree
from relaxgen.relaxng import compile_schema

from benchmarks.interleaving import Timing
from benchmarks.peers import contenders
from benchmarks.peers.comparison import SIZES, Figures, Key, Series, check_agreement, panels, tables, with_tables
from benchmarks.peers.documents import order
from benchmarks.peers.picture import COLOURS, Bar, Panel, picture, scale_of

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[contenders.Contender]:
    """Those that need nothing but lxml."""
    directory = tmp_path_factory.mktemp("contenders")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(directory))
        return [*contenders.ours(directory), *contenders.lxml_objectify(directory)]


@pytest.mark.parametrize("size", SIZES)
def test_documents_have_their_size_and_are_valid_by_both_schemas(size: int) -> None:
    document = order(size)
    assert abs(len(document) - size) < 300
    assert document == order(size)
    assert compile_schema(contenders.SCHEMA).validate(document) == []
    etree.XMLSchema(etree.parse(contenders.XML_SCHEMA)).assertValid(etree.fromstring(document))


def test_those_who_read_the_same_agree(found: list[contenders.Contender]) -> None:
    assert {"relaxgen, pure", "relaxgen, pure, checked", "lxml.objectify"} <= {one.name for one in found}
    check_agreement(found, order(1_500))


def test_another_value_is_noticed(found: list[contenders.Contender]) -> None:
    first = found[0]

    def misread(document: bytes) -> object:
        return first.parse(document.replace(b'quantity="', b'quantity="1'))

    with pytest.raises(ValueError, match=r"wrong has Value\(name='item/@quantity'"):
        check_agreement([first, replace(first, name="wrong", parse=misread)], order(1_500))


def test_text_in_place_of_a_number_is_noticed(found: list[contenders.Contender]) -> None:
    untyped = replace(found[-1], is_typed=True)
    with pytest.raises(ValueError, match=r"lxml.objectify has .* kind='str'.* has .* kind='int'"):
        check_agreement([found[0], untyped], order(1_500))


def test_another_text_is_noticed(found: list[contenders.Contender]) -> None:
    first = found[0]

    def miswritten(one: object) -> str:
        return str(first.format(one)).replace("Jana", "Jan")

    with pytest.raises(ValueError, match="wrong writes another document"):
        check_agreement([first, replace(first, name="wrong", format=miswritten)], order(1_500))


def test_who_cannot_take_part_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(directory: Path) -> list[contenders.Contender]:
        raise ModuleNotFoundError("No module named 'fastest'")

    monkeypatch.setattr(contenders, "CONTENDERS", {"Fastest": missing, "lxml.objectify": contenders.lxml_objectify})
    monkeypatch.syspath_prepend(str(tmp_path))
    those, left_out = contenders.made(tmp_path)
    assert [one.name for one in those] == ["lxml.objectify"]
    assert left_out == {"Fastest": "No module named 'fastest'"}


def timings(*ratios: float) -> list[Timing]:
    return [Timing("", ratio, 0.0, 0.03) for ratio in ratios]


FIGURES: Figures = {
    Key("parse", "lxml.etree"): timings(1, 1, 1),
    Key("parse", "relaxgen, engine"): timings(0.3, 0.5, 0.404),
    Key("parse", "a & b"): timings(12, 14, 13.26),
    Key("validate", "libxml2"): timings(1.5, 1.6, 1.7),
}


def test_there_is_a_table_for_each_action() -> None:
    assert "\n".join(tables(FIGURES, [*map(Series, ([b"x" * 1_400], [b"x" * 5_900], [b"x" * 30_000] * 2))])) == (
        "| parse | 1.4 KB | 5.9 KB | 30.0 KB, 2 different | spread |\n|---|---:|---:|---:|---:|\n"
        "| lxml.etree | 1.00 | 1.00 | 1.00 | ± 3% |\n"
        "| relaxgen, engine | 0.30 | 0.50 | 0.40 | ± 3% |\n"
        "| a & b | 12.0 | 14.0 | 13.3 | ± 3% |\n\n"
        "| validate | 1.4 KB | 5.9 KB | 30.0 KB, 2 different | spread |\n|---|---:|---:|---:|---:|\n"
        "| libxml2 | 1.50 | 1.60 | 1.70 | ± 3% |\n"
    )


def test_tables_are_put_between_the_marks_of_a_page() -> None:
    page = Path(contenders.HERE.parents[1] / "docs" / "speed.md").read_text(encoding="utf-8")
    other = with_tables(page, "new\n")
    assert "benchmarks.peers -->\nnew\n<!-- to here" in other
    assert with_tables(other, "new\n") == other
    assert other.partition("<!--")[0] == page.partition("<!--")[0]
    with pytest.raises(ValueError, match="the page has no"):
        with_tables("a page", "new\n")


@pytest.mark.parametrize("theme", COLOURS)
def test_a_picture_has_a_bar_and_a_number_for_each_entry(theme: str) -> None:
    text = picture(panels(FIGURES, Series([b"x" * 5_900] * 2)), theme)
    root = ElementTree.fromstring(text)
    bars = [one for one in root.iter(f"{SVG}rect") if one.get("class") in ("ours", "other")]
    assert [bar.get("class") for bar in bars] == ["other", "ours", "other", "other"]
    texts = [one.text for one in root.iter(f"{SVG}text")]
    assert {
        "Parse: 5.9 KB, 2 different",
        "Validate: 5.9 KB, 2 different",
        "relaxgen, engine",
        "0.40",
        "a & b",
        "13.3",
    } <= set(texts)
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert text == picture(panels(FIGURES, Series([b"x" * 5_900] * 2)), theme)


def test_bars_begin_at_one_and_are_logarithmic() -> None:
    panel = Panel("Parse", tuple(Bar(str(ratio), str(ratio), ratio, False) for ratio in (0.1, 1, 10, 100)))
    root = ElementTree.fromstring(picture([panel], "light"))
    bars = [one for one in root.iter(f"{SVG}rect") if one.get("class") == "other"]
    faster, _, slower, slowest = ((float(bar.get("x", "")), float(bar.get("width", ""))) for bar in bars)
    one = scale_of([panel]).place(1)
    assert faster[0] + faster[1] == pytest.approx(one)
    assert slower[0] == slowest[0] == one
    assert slower[1] == pytest.approx(faster[1], abs=0.2)
    assert slowest[1] == pytest.approx(2 * slower[1], abs=0.2)
