"""Nothing is exponential, and nothing grows with the documents: counted in patterns, not in seconds."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from relaxgen.runtime.validation.automaton import Automaton
from relaxgen.runtime.validation.grammar import Grammar
from relaxgen.runtime.validation.verdict import is_valid
from relaxgen.runtime.xml.events import source_of

from tests.runtime.validation.schemas import compiled, validator

NAMES = [f"e{number}" for number in range(60)]
OPTIONAL = "".join(f'<optional><element name="{name}"><empty/></element></optional>' for name in NAMES)
INTERLEAVE = f'<element name="r"><interleave>{OPTIONAL}</interleave></element>'


def element(name: str) -> str:
    return f'<element name="{name}"><empty/></element>'


def patterns_made_by(body: str, document: str, expected: bool = True) -> int:
    grammar = Grammar(compiled(body))
    automaton = Automaton(grammar)
    assert is_valid(automaton, source_of(document), needs_namespaces=False) is expected
    return grammar.patterns.made


def test_an_interleave_of_sixty_takes_any_order() -> None:
    names = list(NAMES)
    for seed in range(5):
        Random(seed).shuffle(names)
        assert patterns_made_by(INTERLEAVE, f"<r>{''.join(f'<{name}/>' for name in names)}</r>") < 2000


def test_faults_in_an_interleave_of_sixty_are_found_one_by_one() -> None:
    names = list(reversed(NAMES))
    names.insert(30, "e7")
    names[10] = "stranger"
    faults = validator(INTERLEAVE).validate(f"<r>{''.join(f'<{name}/>' for name in names)}</r>")
    assert [fault.code for fault in faults] == ["unknown-element", "unexpected-element"]


A = element("a")
STARS = f"<zeroOrMore>{A}</zeroOrMore>" * 8
NINES = f"<group>{A * 9}</group>" * 30


@pytest.mark.parametrize(
    ("content", "document"),
    [
        ("<oneOrMore>" * 50 + A + "</oneOrMore>" * 50, "<a/>" * 500),
        (f"<optional>{A}</optional>" * 60, "<a/>" * 60),
        (f"<zeroOrMore>{STARS}</zeroOrMore>", "<a/>" * 200),
        (f"<choice>{NINES}</choice>", "<a/>" * 9),
        (f"<zeroOrMore><choice>{A}<group>{A * 2}</group></choice></zeroOrMore>", "<a/>" * 300),
    ],
    ids=["nested repetitions", "sixty optional", "repetitions beside each other", "alternatives", "two readings"],
)
def test_ambiguity_costs_no_more_than_its_length(content: str, document: str) -> None:
    assert patterns_made_by(f'<element name="r">{content}</element>', f"<r>{document}</r>") < 5000


def test_many_attributes_may_come_in_any_order() -> None:
    names = [f"a{number}" for number in range(60)]
    body = "".join(f'<optional><attribute name="{name}"/></optional>' for name in names)
    grammar = Grammar(compiled(f'<element name="r">{body}</element>'))
    automaton = Automaton(grammar)
    for seed in range(20):
        Random(seed).shuffle(names)
        attributes = " ".join(f'{name}="x"' for name in names)
        assert is_valid(automaton, source_of(f"<r {attributes}/>"), needs_namespaces=False)
    assert grammar.patterns.made < 10_000


RECURSIVE = """<start><ref name="a"/></start><define name="a"><element name="a">
  <choice><ref name="a"/><group><ref name="a"/><ref name="a"/></group><empty/></choice></element></define>"""


def test_the_same_levels_cost_the_same() -> None:
    made = [patterns_made_by(RECURSIVE, "<a>" * depth + "</a>" * depth) for depth in (200, 2000)]
    assert made[0] == made[1] < 100


def test_texts_of_documents_are_not_kept_for_ever() -> None:
    body = """<element name="r"><zeroOrMore><element name="v"><attribute name="n"><data type="int"/></attribute>
      <data type="token"/></element></zeroOrMore></element>"""
    grammar = Grammar(compiled(body))
    automaton = Automaton(grammar)
    for start in (0, 2000, 4000):
        values = "".join(f'<v n="{number}">text {number}</v>' for number in range(start, start + 2000))
        assert is_valid(automaton, source_of(f"<r>{values}</r>"), needs_namespaces=False)
    assert len(automaton) < 500


def test_what_is_forgotten_in_the_middle_of_a_document_changes_no_verdict() -> None:
    random = Random(0)
    for limit in (0, 30, 300):
        automaton = Automaton(Grammar(compiled(INTERLEAVE)), limit=limit)
        for _ in range(10):
            names = random.sample(NAMES, 40)
            # So long that the document comes in several parts, between which there is time to forget.
            padding = f"<!--{'x' * 70_000}-->"
            text = f"<r>{padding.join(f'<{name}/>' for name in names)}</r>"
            assert is_valid(automaton, source_of(text), needs_namespaces=False)
            again = text.replace("</r>", f"<{names[0]}/></r>")
            assert not is_valid(automaton, source_of(again), needs_namespaces=False)


def test_memory_is_bounded_over_documents(tmp_path: Path) -> None:
    grammar = Grammar(compiled(INTERLEAVE))
    automaton = Automaton(grammar, limit=2000)
    random, names, most = Random(1), list(NAMES), 0
    for _ in range(100):
        random.shuffle(names)
        if automaton.is_crowded:
            automaton.forget()
        assert is_valid(automaton, source_of(f"<r>{''.join(f'<{n}/>' for n in names)}</r>"), needs_namespaces=False)
        most = max(most, len(automaton) + grammar.patterns.made)
    assert most < 4000
