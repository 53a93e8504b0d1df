"""Schemas go from one syntax into the other and back: what they say stays, and a second time gives the same bytes."""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from relaxgen.diagnostics.errors import SchemaError
from relaxgen.evolution.inclusion import Verdict, compare_documents
from relaxgen.relaxng import read_grammar, read_grammar_text, simplify
from relaxgen.relaxng.compact.tokens import Kind, Source
from relaxgen.relaxng.correctness import check_schema
from relaxgen.relaxng.roots import read_form
from relaxgen.relaxng.simplified_form import SimplifiedForm
from relaxgen.relaxng.syntax_conversion import (
    Syntax,
    convert_schema,
    convert_simplified,
    convert_tree,
    format_schema,
    read_with_layout,
    syntax_of,
)

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "compact"))

from normal_form import normal_form  # noqa: E402

RIGHT = [
    path
    for path in sorted([*(HERE / "cases").glob("*.rng"), *(HERE / "compact" / "cases").glob("*.rnc")])
    # A schema with entities is not written again: they would be lost.
    if path.with_suffix(".out").exists() and b"<!ENTITY" not in path.read_bytes()
]
LAYOUT_CASES = sorted((HERE / "compact" / "layout").glob("*.rn[cg]"))


def converted(data: bytes, path: Path) -> bytes:
    syntax = syntax_of(read_with_layout(data, str(path))).other
    return convert_schema(data, str(path), syntax).encode()


def check_there_and_back(path: Path, data: bytes = b"") -> bool:
    """Checks that a schema says the same in the other syntax and when it is back. Returns whether a second conversion
    gives the same bytes, too."""
    data = data or path.read_bytes()
    there = converted(data, path)
    back = converted(there, path)
    for text in (data, there, back):
        formatted = format_schema(text, str(path)).encode()
        assert format_schema(formatted, str(path)).encode() == formatted
    expected = normal_form(read_grammar_text(data, str(path)))
    assert normal_form(read_grammar_text(there, str(path))) == expected
    assert normal_form(read_grammar_text(back, str(path))) == expected
    again = converted(back, path)
    return again == there and converted(again, path) == back


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.name)
def test_there_and_back_a_schema_says_the_same(path: Path) -> None:
    assert check_there_and_back(path)


@pytest.mark.parametrize("path", LAYOUT_CASES, ids=lambda path: path.name)
def test_layout(path: Path, golden: Callable[[Path, str], None]) -> None:
    """Beside a schema is what each syntax makes of it."""
    data = path.read_bytes()
    text = f"{format_schema(data, str(path))}\n{'-' * 80}\n\n{converted(data, path).decode()}"
    golden(path.with_suffix(f"{path.suffix}.out"), text)
    assert check_there_and_back(path)


SPACES = ["\n", "\n\n", " {}\n", "\n{}\n", "\n\n{}\n\n", "\n{}{}\n"]
"""Blank lines and comments, which may be between any two tokens."""


def laid_out_differently(path: Path, random: Random) -> bytes:
    """The same schema, with blank lines and comments in a few places."""
    text = path.read_text(encoding="utf-16" if "16" in path.stem else "utf-8-sig")
    if path.suffix == ".rnc":
        source, comment = Source(text.encode()), "# {}\n"
        ends = [token.start for token in source.tokens[1:] if token.kind is not Kind.DOCUMENTATION]
    else:
        comment = "<!-- {} -->"
        ends = [match.end() for match in re.finditer(r">\s*(?=<)", text)][1:-1]
    numbers = itertools.count()
    for end in sorted((end for end in ends if random.random() < 0.1), reverse=True):
        space = re.sub("{}", lambda _: comment.format(next(numbers)), random.choice(SPACES))
        text = f"{text[:end]}{space}{text[end:]}"
    return text.encode()


@pytest.mark.parametrize("path", [*RIGHT, *LAYOUT_CASES], ids=lambda path: path.name)
def test_comments_and_blank_lines_can_be_anywhere(path: Path) -> None:
    data = laid_out_differently(path, Random(path.name))
    assert check_there_and_back(path, data), data.decode()


def form_of(path: Path) -> SimplifiedForm:
    grammar = read_grammar(path)
    return check_schema(grammar, simplify(grammar))


def assert_equal(first: Path, second: Path) -> None:
    forms = form_of(first), form_of(second)
    assert compare_documents(*forms).verdict is Verdict.INCLUDED
    assert compare_documents(*reversed(forms)).verdict is Verdict.INCLUDED


@pytest.mark.parametrize("syntax", Syntax)
def test_the_simple_form_allows_the_same_documents(tmp_path: Path, syntax: Syntax) -> None:
    compared = 0
    for path in RIGHT:
        try:
            form_of(path)
        except SchemaError:
            continue
        simple = tmp_path / f"simple{syntax.suffix}"
        simple.write_text(convert_simplified(*read_form(path), syntax), encoding="utf-8")
        assert_equal(path, simple)
        compared += 1
    assert compared > 30


XML = '<grammar xmlns="http://relaxng.org/ns/structure/1.0"><define name="b">{}</define></grammar>'


def test_a_schema_takes_its_files_along(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "root.rnc").write_text('include "parts/a.rnc"\nstart = a | external "pattern"\n')
    (tmp_path / "pattern").write_text("element p { text }\n")
    (tmp_path / "parts" / "a.rnc").write_text('include "../b.rng"\na = element a { b }\n')
    (tmp_path / "b.rng").write_text(XML.format("<text/>"))
    files = convert_tree(str(tmp_path / "root.rnc"), tmp_path / "xml" / "new.rng", Syntax.XML)
    places = [file.target.relative_to(tmp_path).as_posix() for file in files]
    assert places == ["xml/new.rng", "xml/parts/a.rng", "xml/pattern.rng", "xml/b.rng"]
    for file in files:
        file.target.parent.mkdir(parents=True, exist_ok=True)
        file.target.write_text(file.text, encoding="utf-8")
    assert_equal(tmp_path / "root.rnc", tmp_path / "xml" / "new.rng")


def test_what_is_in_its_place_in_the_new_syntax_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "root.rnc").write_text('include "b.rng"\nstart = b\n')
    (tmp_path / "b.rng").write_text(XML.format("<element name='b'><empty/></element>"))
    files = convert_tree(str(tmp_path / "root.rnc"), tmp_path / "root.rng", Syntax.XML)
    assert [file.target.name for file in files] == ["root.rng"]


def test_two_files_cannot_become_one(tmp_path: Path) -> None:
    (tmp_path / "root.rnc").write_text('include "a.rnc"\ninclude "a.rng"\nstart = a\n')
    (tmp_path / "a.rnc").write_text("a = element a { empty }\n")
    (tmp_path / "a.rng").write_text("b = element b { empty }\n")
    with pytest.raises(SchemaError, match=r"would become .*a\.rng, and so would .*a\.rnc"):
        convert_tree(str(tmp_path / "root.rnc"), tmp_path / "new" / "root.rng", Syntax.XML)


def test_a_type_without_library_is_refused() -> None:
    data = b'<element name="a" xmlns="http://relaxng.org/ns/structure/1.0"><data type="int"/></element>'
    with pytest.raises(SchemaError, match=r"s\.rng:1:63: there is no datatype 'int' without a library"):
        convert_schema(data, "s.rng", Syntax.COMPACT)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('namespace p = "urn:p"\nstart = element p:* - name { empty }', "2:23"),
        ('namespace p = "urn:p"\nnamespace q = inherit\nstart = element p:* - q:name { empty }', "3:23"),
        ('namespace p = "urn:p"\ninclude "x.rnc" inherit = p { start = element name { empty } }', "2:39"),
    ],
)
def test_what_only_the_compact_syntax_can_inherit_is_refused_in_xml(text: str, place: str) -> None:
    with pytest.raises(SchemaError, match=rf"s\.rnc:{place}: XML syntax cannot say that this is in the inherited"):
        convert_schema(text.encode(), "s.rnc", Syntax.XML)
    assert "namespace p" in format_schema(text.encode(), "s.rnc")


def corpus_schemas(corpus: Path) -> list[Path]:
    paths = [*corpus.glob("spec-suite/*/correct.rng"), *corpus.glob("compact/*/*.rnc")]
    paths += [*corpus.glob("compact/epubcheck-30/*/*.rnc"), *corpus.glob("libvirt-11.3.0/schemas/s*.rng")]
    return sorted([*paths, *corpus.glob("vocabularies/[mor]*/schema/*.rng")])


@pytest.mark.slow
def test_the_corpus_goes_there_and_back(corpus: Path) -> None:
    count = 0
    for path in corpus_schemas(corpus):
        try:
            simplify(read_grammar(path))
        except SchemaError:
            continue  # a part for others to include
        assert check_there_and_back(path), path
        count += 1
    assert count > 100
