"""Inclusion against all small documents: random small grammars, each beside one that differs in a few places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from relaxgen.diagnostics.errors import SchemaError
from relaxgen.evolution.inclusion import Inclusion, Verdict, compare_documents
from relaxgen.relaxng.compilation import compile_patterns
from relaxgen.relaxng.simplified_form import SimplifiedForm
from relaxgen.relaxng.validator import CompiledSchema

from tests.evolution.inclusion.enumeration import small_documents
from tests.evolution.inclusion.test_cases import form_of
from tests.relaxng.validation.small_grammars import (
    ATTRIBUTES,
    ELEMENTS,
    TOKENS,
    TYPES,
    Grammar,
    Pattern,
    Sampler,
    document_text,
    grammars,
    schema_text,
)

RANDOM_DOCUMENTS = 40

REPETITIONS = ("optional", "zeroOrMore", "oneOrMore")
LISTS = ("group", "interleave", "choice")
LEAVES = ("value", "data", "ref", "text", "empty", "notAllowed")
NAMES = ("name", "anyName", "nsName")

Path_ = tuple[int, ...]


def edited(grammar: Grammar, random: Random) -> Grammar:
    """The grammar with one or two patterns replaced; not always a correct one."""
    changed = dict(grammar)
    for _ in range(random.randint(1, 2)):
        key = random.choice(list(changed))
        place = random.choice(list(_places(changed[key])))
        changed[key] = _replaced(changed[key], place, _variant(_at(changed[key], place), random))
    return changed


def _places(pattern: Pattern, here: Path_ = ()) -> Iterator[Path_]:
    yield here
    match pattern:
        case ("element" | "attribute", _, inner):
            yield from _places(inner, (*here, 2))
        case (kind, members) if kind in LISTS:
            for index, member in enumerate(members):
                yield from _places(member, (*here, 1, index))
        case (kind, inner) if kind not in LEAVES:
            yield from _places(inner, (*here, 1))


def _at(pattern: Pattern, place: Path_) -> Pattern:
    for index in place:
        pattern = pattern[index]
    return pattern


def _replaced(pattern: Pattern, place: Path_, new: Pattern) -> Pattern:
    if not place:
        return new
    index = place[0]
    return (*pattern[:index], _replaced(pattern[index], place[1:], new), *pattern[index + 1 :])


def _variant(pattern: Pattern, random: Random) -> Pattern:
    variants: list[Pattern] = [(random.choice(REPETITIONS), pattern), ("choice", (pattern, pattern)), ("empty",)]
    match pattern:
        case ("element", _, inner):
            variants.append(("element", ("name", "", random.choice(ELEMENTS)), inner))
        case ("attribute", _, inner):
            variants.append(("attribute", ("name", "", random.choice(ATTRIBUTES)), inner))
        case ("value", kind, _):
            variants.append(("value", kind, random.choice(TOKENS)))
        case ("data", _, except_):
            variants.append(("data", random.choice(TYPES), except_))
        case ("text",):
            variants.append(("data", random.choice(TYPES), None))
        case (kind, members) if kind in LISTS:
            variants.append((random.choice(LISTS), members))
            if len(members) > 1:
                variants.append((kind, members[1:]))
                variants.append((kind, (*members[1:], members[0])))
        case (kind, inner) if kind in REPETITIONS:
            variants.append((random.choice(REPETITIONS), inner))
            variants.append(inner)
    return random.choice(variants[1:] if random.random() < 0.7 else variants)


def correct_form(grammar: Grammar) -> SimplifiedForm | None:
    with TemporaryDirectory() as directory:
        path = Path(directory) / "schema.rng"
        path.write_text(schema_text(grammar), encoding="utf-8")
        try:
            return form_of(path)
        except SchemaError:
            return None


def documents(grammar: Grammar, random: Random) -> list[str]:
    """The smallest ones, and larger ones and nearly valid ones at random."""
    sampler = Sampler(grammar, random)
    trees = [*small_documents(grammar), *(sampler.document() for _ in range(RANDOM_DOCUMENTS))]
    return list(dict.fromkeys(map(document_text, trees)))


def check(narrow: SimplifiedForm, wide: SimplifiedForm, samples: list[str]) -> Inclusion:
    """Nothing that is said may be contradicted by a document."""
    inclusion = compare_documents(narrow, wide)
    broken = first_break(narrow, wide, samples)
    assert not (broken and inclusion.verdict is Verdict.INCLUDED), broken
    for found in inclusion.counterexamples:
        assert first_break(narrow, wide, [found.witness]), found
    return inclusion


def first_break(narrow: SimplifiedForm, wide: SimplifiedForm, samples: Iterable[str]) -> str:
    """A document that is valid under the one and not under the other; empty where none of them is."""
    before, after = (CompiledSchema(compile_patterns(form)) for form in (narrow, wide))
    return next((text for text in samples if before.is_valid(text) and not after.is_valid(text)), "")


@given(grammar=grammars(), random=st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_no_document_contradicts_a_verdict(grammar: Grammar, random: Any) -> None:
    changed = edited(grammar, random)
    old, new = correct_form(grammar), correct_form(changed)
    if old is None or new is None:
        return
    samples = [*documents(grammar, random), *documents(changed, random)]
    for inclusion in (check(old, new, samples), check(new, old, samples)):
        assert not inclusion.undecided, "datatypes of small grammars can all be compared"


@given(grammar=grammars())
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_a_schema_includes_itself(grammar: Grammar) -> None:
    old, new = correct_form(grammar), correct_form(grammar)
    if old is not None and new is not None:
        assert compare_documents(old, new) == Inclusion()
