"""Nothing is exponential, and nothing grows with the documents: counted in patterns, not in seconds."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from relaxgen.runtime.events import source_of
from relaxgen.runtime.grammar import Automaton, Grammar, is_accepted
from relaxgen.runtime.patterns import Derivatives

from tests.growth import LESS_THAN_QUADRATIC, calls_of, growth
from tests.runtime.validation.schemas import compiled, validator

NAMES = [f"e{number}" for number in range(60)]
OPTIONAL = "".join(f'<optional><element name="{name}"><empty/></element></optional>' for name in NAMES)
INTERLEAVE = f'<element name="r"><interleave>{OPTIONAL}</interleave></element>'


def element(name: str) -> str:
    return f'<element name="{name}"><empty/></element>'


def patterns_made_by(body: str, document: str, expected: bool = True) -> int:
    grammar = Grammar(compiled(body))
    automaton = Automaton(grammar)
    assert is_accepted(automaton, source_of(document)) is expected
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
        assert is_accepted(automaton, source_of(f"<r {attributes}/>"))
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
        assert is_accepted(automaton, source_of(f"<r>{values}</r>"))
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
            assert is_accepted(automaton, source_of(text))
            again = text.replace("</r>", f"<{names[0]}/></r>")
            assert not is_accepted(automaton, source_of(again))


def test_memory_is_bounded_over_documents(tmp_path: Path) -> None:
    grammar = Grammar(compiled(INTERLEAVE))
    automaton = Automaton(grammar, limit=2000)
    random, names, most = Random(1), list(NAMES), 0
    for _ in range(100):
        random.shuffle(names)
        if automaton.is_crowded:
            automaton.forget()
        assert is_accepted(automaton, source_of(f"<r>{''.join(f'<{n}/>' for n in names)}</r>"))
        most = max(most, len(automaton) + grammar.patterns.made)
    assert most < 4000


def _optional_elements(names: list[str]) -> str:
    return "".join(f'<optional><element name="{name}"><empty/></element></optional>' for name in names)


def _wide(kind: str, count: int) -> tuple[str, str]:
    """A content model with so many members, and a document that has each of them once."""
    names = [f"n{number}" for number in range(count)]
    children = "".join(f"<{name}/>" for name in reversed(names))
    attributes = " ".join(f'{name}="x"' for name in reversed(names))
    optional_attributes = "".join(f'<optional><attribute name="{name}"/></optional>' for name in names)
    match kind:
        case "attributes":
            return f'<element name="r">{optional_attributes}</element>', f"<r {attributes}/>"
        case "interleaved attributes":
            return f'<element name="r"><interleave>{optional_attributes}</interleave></element>', f"<r {attributes}/>"
        case "any attributes":
            body = "<zeroOrMore><attribute><anyName/></attribute></zeroOrMore>"
            return f'<element name="r">{body}</element>', f"<r {attributes}/>"
        case "interleave":
            body = f"<interleave>{_optional_elements(names)}</interleave>"
            return f'<element name="r">{body}</element>', f"<r>{children}</r>"
        case "interleave with an open member":
            other = '<element><anyName><except><nsName ns=""/></except></anyName><empty/></element>'
            body = f"<interleave>{_optional_elements(names)}<zeroOrMore>{other}</zeroOrMore></interleave>"
            return f'<element name="r">{body}</element>', f"<r>{children}</r>"
        case "group":
            children = "".join(f"<{name}/>" for name in names)
            return f'<element name="r">{_optional_elements(names)}</element>', f"<r>{children}</r>"
        case _:
            body = "".join(f'<element name="{name}"><empty/></element>' for name in names)
            return f'<element name="r"><zeroOrMore><choice>{body}</choice></zeroOrMore></element>', f"<r>{children}</r>"


WIDE = ["attributes", "interleaved attributes", "any attributes", "interleave", "group", "choice"]


def _work(kind: str, count: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """Derivatives asked for and patterns made for a first document, with the sizes of what is made."""
    body, document = _wide(kind, count)
    grammar = Grammar(compiled(body))
    automaton = Automaton(grammar)
    asked = 0

    def counted(name: str) -> None:
        original = getattr(Derivatives, name)

        def counting(*arguments: object) -> object:
            nonlocal asked
            asked += 1
            return original(*arguments)

        patched.setattr(Derivatives, name, counting)

    with monkeypatch.context() as patched:
        for name in ("opened", "without_attribute", "closed", "mixed"):
            counted(name)
        assert is_accepted(automaton, source_of(document))
    return asked + grammar.patterns.made + len(automaton)


@pytest.mark.parametrize("kind", [*WIDE, "interleave with an open member"])
def test_the_work_for_wide_content_grows_with_its_width(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    small, large = (_work(kind, count, monkeypatch) for count in (200, 800))
    assert large < 4 * 1.4 * small


@pytest.mark.parametrize("kind", WIDE)
def test_wide_content_is_still_checked(kind: str) -> None:
    body, document = _wide(kind, 40)
    validator_ = validator(body)
    assert validator_.is_valid(document)
    if kind != "any attributes":
        assert not validator_.is_valid(document.replace("n7", "m7"))
    if kind not in ("any attributes", "choice", "attributes", "interleaved attributes"):
        assert not validator_.is_valid(document.replace("<n7/>", "<n7/><n7/>"))


def test_many_attributes_that_several_members_can_have_are_tried_in_all_ways() -> None:
    names = "".join(f"<name>n{number}</name>" for number in range(12))
    either = f"<attribute><choice>{names}</choice><value>%s</value></attribute>"
    body = f"<element name='r'><oneOrMore>{either % 'x'}</oneOrMore>"
    body += "".join(f'<optional><attribute name="o{number}"/></optional>' for number in range(12)) + "</element>"
    validator_ = validator(body)
    attributes = [f'n{number}="x"' for number in range(12)] + [f'o{number}="y"' for number in range(12)]
    Random(3).shuffle(attributes)
    assert validator_.is_valid(f"<r {' '.join(attributes)}/>")
    assert not validator_.is_valid(f"<r {' '.join(attributes)} n99='x'/>")
    assert not validator_.is_valid(f"<r {' '.join(attributes)}/>".replace('n5="x"', 'n5="y"'))


def test_an_element_full_of_unknown_attributes_is_explained_in_linear_time() -> None:
    names = [f"name{number}" for number in range(400)]
    body = "".join(f'<optional><attribute name="{name}"/></optional>' for name in names)
    judge = validator(f'<element name="r">{body}</element>')

    def explain(count: int) -> None:
        attributes = " ".join(f"{name}x='1'" for name in names[:count])
        assert len(judge.validate(f"<r {attributes}/>")) == count

    assert growth(explain, 100) < LESS_THAN_QUADRATIC


@pytest.mark.parametrize("kind", ["attributes", "interleaved attributes", "interleave", "group", "choice"])
def test_one_fault_in_wide_content_is_explained_in_linear_time(kind: str) -> None:
    def explain(count: int) -> None:
        body, document = _wide(kind, count)
        judge = validator(body)
        wrong = document.replace("n7=", "m7=").replace("<n7/>", "<m7/>")
        assert [fault.found for fault in judge.validate(wrong)] == ["m7"]

    assert growth(explain, 200) < LESS_THAN_QUADRATIC


def test_missing_attributes_among_many_parts_are_found_in_linear_time() -> None:
    def explain(count: int) -> None:
        names = [f"n{number}" for number in range(count)]
        judge = validator(f'<element name="r">{_optional_elements(names)}<attribute name="a"/></element>')
        assert [fault.code for fault in judge.validate("<r><n0/></r>")] == ["missing-attribute"]

    assert growth(explain, 250) < LESS_THAN_QUADRATIC


MISSPELT = """<element name="r"><zeroOrMore><choice><element name="item"><empty/></element>
  <element name="entry"><empty/></element></choice></zeroOrMore></element>"""


def test_a_search_ends_when_it_has_enough() -> None:
    judge = validator(MISSPELT)
    document = f"<r>{'<itme/>' * 2000}</r>"
    judge.validate(document, max_faults=1)

    def calls(max_faults: int) -> int:
        return calls_of(lambda: judge.validate(document, max_faults=max_faults))

    assert [fault.suggestion for fault in judge.validate(document, max_faults=3)] == ["item"] * 3
    assert len(judge.validate(document, max_faults=1700)) == 1700
    reading = calls_of(lambda: judge.validate(document.replace("itme", "item")))
    assert calls(1) < reading + calls(2000) // 4


def test_a_fault_behind_many_others_is_still_told_from_them() -> None:
    """What an element lacks at its end is a fault of its start tag, which comes first."""
    body = f'<element name="r"><zeroOrMore>{element("item")}</zeroOrMore>{element("e")}</element>'
    faults = validator(body).validate(f"<r>{'<itme/>' * 50}</r>", max_faults=1)
    assert [fault.code for fault in faults] == ["missing-element"]


def test_equal_neighbours_are_found_in_linear_time() -> None:
    judge = validator('<element name="r"><element name="e"><empty/></element></element>')

    def explain(count: int) -> None:
        assert len(judge.validate(f"<r>{'<e/>' * count}</r>", max_faults=count)) == count - 1

    assert growth(explain, 500) < LESS_THAN_QUADRATIC
