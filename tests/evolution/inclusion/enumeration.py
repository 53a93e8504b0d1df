"""All small documents of a small grammar: every alternative, repetitions up to twice, every order of an interleave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice, product
from typing import Any

from tests.relaxng.validation.small_grammars import ELEMENTS, NAMESPACES, TEXTS, Grammar, Pattern, Tree

DEPTH = 3
"""So deep may references lead."""

MOST = 400
"""So many contents are tried of each pattern."""

Content = tuple[dict[tuple[str, str], str], list[Any]]

_NOTHING: Content = ({}, [])


def small_documents(grammar: Grammar) -> Iterator[Tree]:
    """Some of them may be invalid: a text stands for what a datatype might allow."""
    for _, children in _contents(grammar, grammar["start"], DEPTH):
        yield from (child for child in children if not isinstance(child, str))


def _contents(grammar: Grammar, pattern: Pattern, depth: int) -> Iterator[Content]:
    return islice(_all(grammar, pattern, depth), MOST)


def _all(grammar: Grammar, pattern: Pattern, depth: int) -> Iterator[Content]:
    match pattern:
        case ("empty",):
            yield _NOTHING
        case ("notAllowed",):
            pass
        case ("ref", name):
            yield from _contents(grammar, grammar[name], depth - 1) if depth else ()
        case ("element", name, inner):
            for attributes, children in _contents(grammar, inner, depth):
                yield from (({}, [(one, attributes, children)]) for one in _names(name))
        case ("attribute", name, inner):
            for _, children in _contents(grammar, inner, depth):
                yield from (({one: "".join(children)}, []) for one in _names(name))
        case ("list", inner):
            yield from (({}, [" ".join(words)]) for _, words in _contents(grammar, inner, depth))
        case ("value", _, text):
            yield {}, [text]
        case ("data", _, _) | ("text",):
            yield from (({}, [text]) for text in TEXTS)
        case ("choice", members):
            yield from chain.from_iterable(_in_turn(_contents(grammar, one, depth) for one in members))
        case ("group", members):
            yield from map(_joined, product(*(list(_contents(grammar, one, depth)) for one in members)))
        case ("interleave", members):
            for parts in product(*(list(_contents(grammar, one, depth)) for one in members)):
                yield from _interleaved(parts)
        case ("mixed", inner):
            for content in _contents(grammar, inner, depth):
                yield content
                yield from _interleaved((content, ({}, ["one"])))
        case ("optional", inner):
            yield _NOTHING
            yield from _contents(grammar, inner, depth)
        case ("zeroOrMore", inner):
            yield _NOTHING
            yield from _repeated(grammar, inner, depth)
        case ("oneOrMore", inner):
            yield from _repeated(grammar, inner, depth)


def _in_turn(iterators: Iterable[Iterator[Content]]) -> Iterator[list[Content]]:
    """The first of each, then the second of each, and so on."""
    waiting = list(iterators)
    while waiting:
        found = [(iterator, next(iterator, None)) for iterator in waiting]
        yield [content for _, content in found if content is not None]
        waiting = [iterator for iterator, content in found if content is not None]


def _repeated(grammar: Grammar, inner: Pattern, depth: int) -> Iterator[Content]:
    once = list(_contents(grammar, inner, depth))
    yield from once
    yield from map(_joined, product(once, once))


def _joined(parts: Iterable[Content]) -> Content:
    attributes: dict[tuple[str, str], str] = {}
    children: list[Any] = []
    for some, more in parts:
        attributes.update(some)
        children.extend(more)
    return attributes, children


def _interleaved(parts: tuple[Content, ...]) -> Iterator[Content]:
    attributes, _ = _joined(parts)
    yield from ((attributes, order) for order in _orders([children for _, children in parts]))


def _orders(lists: list[list[Any]]) -> Iterator[list[Any]]:
    waiting = [items for items in lists if items]
    if not waiting:
        yield []
    for index, (first, *others) in enumerate(waiting):
        for order in _orders([*waiting[:index], others, *waiting[index + 1 :]]):
            yield [first, *order]


def _names(name: Pattern) -> list[tuple[str, str]]:
    """Those of a name class that a grammar of this kind may tell apart, not all of them."""
    match name:
        case ("name", namespace, local):
            return [(namespace, local)]
        case ("choice", members):
            return [one for member in members for one in _names(member)]
        case ("nsName", namespace, except_):
            names = [(namespace, local) for local in (ELEMENTS[0], "other")]
        case (_, except_):
            names = [(namespace, local) for namespace in NAMESPACES for local in (ELEMENTS[0], "other")]
    excluded = [] if except_ is None else _names(except_)
    return [one for one in names if one not in excluded]
