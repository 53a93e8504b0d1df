"""Compiled grammars are plain data, always the same, and know what choices are called and where parts begin."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from relaxgen.diagnostics.errors import SchemaError
from relaxgen.relaxng import read_grammar, read_grammar_text, simplify
from relaxgen.relaxng.compilation import compile_patterns
from relaxgen.relaxng.correctness import check_schema
from relaxgen.relaxng.pattern import Attribute
from relaxgen.relaxng.simplified_form import SimplifiedForm, elements_in, walk
from relaxgen.runtime.validator import Validator

CASES = Path(__file__).parent / "cases"
SHOP = CASES / "diagnosis-single.rng"


def form_of(schema: Path) -> SimplifiedForm:
    grammar = read_grammar(schema)
    return check_schema(grammar, simplify(grammar))


def test_the_data_is_the_same_every_time() -> None:
    for schema in CASES.glob("*.rng"):
        assert compile_patterns(form_of(schema)) == compile_patterns(form_of(schema))


def test_the_data_survives_json() -> None:
    for schema in CASES.glob("*.rng"):
        data = compile_patterns(form_of(schema))
        document = b"<shop><item/><x/></shop>"
        again = Validator(json.loads(json.dumps(data)))
        assert again.validate(document) == Validator(data).validate(document)


def test_the_data_holds_nothing_but_texts_and_numbers() -> None:
    waiting = [compile_patterns(form_of(SHOP))]
    while waiting:
        item = waiting.pop()
        assert item is None or type(item) in (bool, int, str, tuple, list)
        waiting.extend(item if isinstance(item, (tuple, list)) else ())


def test_a_choice_of_values_can_have_a_name() -> None:
    form = form_of(SHOP)
    (shop,) = elements_in(form.start)
    attributes = (one for one in walk(form.content(shop)) if isinstance(one, Attribute))
    places = [one.location for one in attributes if one.name.name.local == "currency"]  # type: ignore[union-attr]
    validator = Validator(compile_patterns(form, labels={places[0]: "official currency"}))
    (fault,) = validator.validate("<shop name='a' currency='XXX'/>")
    assert fault.message == "'XXX' is not an official currency"


def test_a_part_of_a_document_can_be_validated_alone() -> None:
    form = form_of(SHOP)
    places = {"Item": [one.location for one in form.elements() if one.name.name.local == "item"]}  # type: ignore[union-attr]
    validator = Validator(compile_patterns(form, entries=places))
    assert validator.validate("<item id='1'><weight grams='2'/><price>1</price></item>", entry="Item") == []
    (fault,) = validator.validate("<item id='1'><weight grams='2'/></item>", entry="Item")
    assert fault.path == "/item"
    assert fault.expected == ("price",)
    (fault,) = validator.validate("<item id='1'><weight grams='2'/><price>1</price></item>")
    assert fault.code == "wrong-root"


def chain(length: int, wrap: str) -> bytes:
    """Definitions that each refer to the next, `wrap` around the reference."""
    links = "".join(
        f'<define name="d{number}">{wrap.format(ref=_reference(number + 1))}</define>' for number in range(length)
    )
    return f"""<grammar xmlns="http://relaxng.org/ns/structure/1.0"><start><element name="a"><ref name="d0"/></element>
      </start>{links}<define name="d{length}"><element name="b"><empty/></element></define></grammar>""".encode()


def _reference(number: int) -> str:
    return f'<ref name="d{number}"/>'


def test_long_chains_of_definitions_are_no_matter() -> None:
    grammar = read_grammar_text(chain(2000, "<choice><text/>{ref}</choice>"))
    validator = Validator(compile_patterns(check_schema(grammar, simplify(grammar))))
    assert validator.is_valid("<a><b/></a>")
    assert not validator.is_valid("<a><b/><b/></a>")


def test_patterns_that_references_nest_too_deep_are_refused_with_their_place() -> None:
    grammar = read_grammar_text(chain(400, "<optional><group><text/>{ref}</group></optional>"))
    with pytest.raises(SchemaError, match="nests patterns more than 150 levels deep, by its references"):
        check_schema(grammar, simplify(grammar))


@pytest.mark.parametrize(
    ("kind", "leaf"), [("group", "<element name='b'><empty/></element>"), ("interleave", "<text/>")]
)
def test_definitions_that_double_what_they_hold_end_in_an_error_with_its_place(kind: str, leaf: str) -> None:
    grammar = read_grammar_text(doubling(kind, leaf))
    with pytest.raises(SchemaError, match=rf"^.+:\d+:\d+: this {kind} has more than 20000 members, by references"):
        check_schema(grammar, simplify(grammar))


def test_choices_between_the_same_are_no_matter() -> None:
    grammar = read_grammar_text(doubling("choice", "<element name='b'><empty/></element>"))
    validator = Validator(compile_patterns(check_schema(grammar, simplify(grammar))))
    assert validator.is_valid("<a><b/></a>")


def doubling(kind: str, leaf: str) -> bytes:
    """A chain in which each definition refers to the next one twice: a billion members at its end."""
    twice = "".join(
        f'<define name="d{step}"><{kind}><ref name="d{step + 1}"/><ref name="d{step + 1}"/></{kind}></define>'
        for step in range(30)
    )
    return (
        '<grammar xmlns="http://relaxng.org/ns/structure/1.0">'
        f'<start><element name="a"><ref name="d0"/></element></start>{twice}'
        f'<define name="d30">{leaf}</define></grammar>'
    ).encode()
