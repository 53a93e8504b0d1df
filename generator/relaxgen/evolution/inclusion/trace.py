"""The way from the start of a content to a pair of patterns, and what is found at the end of it."""

from __future__ import annotations

from dataclasses import dataclass

from ...relaxng.name_class import QName
from ...runtime.patterns import Element, Pattern
from ...sampling.sample_element import Content, SampleElement
from .results import Kind
from .smallest_content import NO_CONTENT, Smallest

SOME_TEXT = "text"


@dataclass(frozen=True, slots=True)
class Given:
    name: QName
    text: str


@dataclass(frozen=True, slots=True)
class Without:
    """An attribute that is left out, and the wide pattern that allows it."""

    name: str
    wide: Pattern


@dataclass(frozen=True, slots=True)
class Beside:
    """Independent parts of the narrow pattern, which are not looked at here."""

    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Child:
    """``tree`` is a child that matters as it is; otherwise any that `element` allows will do."""

    name: QName
    element: Element
    tree: SampleElement | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """Text beside children."""


Step = Given | Without | Beside | Child | Written


@dataclass(frozen=True, slots=True)
class Trace:
    before: Trace | None
    step: Step


def steps_of(trace: Trace | None) -> list[Step]:
    """From the first to the last."""
    found: list[Step] = []
    while trace is not None:
        found.append(trace.step)
        trace = trace.before
    return found[::-1]


def attributes_given(trace: Trace | None) -> tuple[tuple[QName, str], ...]:
    return tuple((step.name, step.text) for step in steps_of(trace) if isinstance(step, Given))


def children_before(trace: Trace | None) -> list[QName]:
    """The children that have come in the part of the content that is looked at."""
    found: list[QName] = []
    for step in steps_of(trace):
        if isinstance(step, Beside):
            found = []
        elif isinstance(step, Child):
            found.append(step.name)
    return found


def completed(trace: Trace | None, rest: Content, smallest: Smallest) -> Content:
    """The content to which a trace leads, with `rest` at its end and what is needed beside it."""
    before, beside = NO_CONTENT, NO_CONTENT
    for step in steps_of(trace):
        match step:
            case Given(name, text):
                before += Content(attributes=((name, text),))
            case Beside(patterns):
                for pattern in patterns:
                    beside += smallest.content(pattern)
            case Child(name, element, tree):
                before += Content(children=(tree or smallest.element(element, name),))
            case Written():
                before += Content(children=(SOME_TEXT,))
    return before + rest + beside


# What is found


@dataclass(frozen=True, slots=True)
class Refusal:
    """A content that the narrow pattern allows and the wide one does not, and what it is about."""

    kind: Kind
    name: QName | None
    value: str | None
    expected: tuple[str, ...]
    given: tuple[tuple[QName, str], ...]
    content: Content


@dataclass(frozen=True, slots=True)
class Uncertainty:
    reason: str
    name: QName | None = None


Refutation = Content | Uncertainty
"""A content that shows that there is no inclusion, or why it could not be decided."""


@dataclass(frozen=True, slots=True)
class Need:
    """A child whose patterns are to be compared: `element` with the choice of `candidates`. ``trace`` leads to it in
    the content of its parent, ``rest`` is what follows it there."""

    element: Element
    candidates: tuple[Element, ...]
    name: QName
    trace: Trace | None
    rest: Pattern
