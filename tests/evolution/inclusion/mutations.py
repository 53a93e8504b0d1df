"""Edits of a schema file whose effect on its documents is known: what the edited schema allows is more, less, or other.

Of an edit that takes something away it is certain that all documents left are old ones. That some are lost is likely
and not certain: the definition may not be used, or another alternative may allow the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from enum import Enum
from random import Random

from lxml import etree

RELAXNG = "{http://relaxng.org/ns/structure/1.0}"


class Effect(Enum):
    LESS = "less"
    MORE = "more"
    OTHER = "other"


@dataclass(frozen=True)
class Mutation:
    """``line`` is where in the file it was done."""

    kind: str
    effect: Effect
    line: int
    tree: etree._ElementTree


Edit = Callable[[etree._Element, Random], None]


def _delete(element: etree._Element, random: Random) -> None:
    _parent(element).remove(element)


def _unwrap(element: etree._Element, random: Random) -> None:
    parent = _parent(element)
    index = parent.index(element)
    children = [child for child in element if isinstance(child.tag, str)]
    if len(children) == 1:
        parent[index : index + 1] = children
    else:
        element.tag = f"{RELAXNG}group"


def _wrap(element: etree._Element, random: Random) -> None:
    parent = _parent(element)
    index = parent.index(element)
    wrapper = etree.Element(f"{RELAXNG}optional")
    parent.insert(index, wrapper)
    wrapper.append(element)


def _rename(element: etree._Element, random: Random) -> None:
    element.set("name", f"{element.get('name')}-renamed")


def _in_order(element: etree._Element, random: Random) -> None:
    element.tag = f"{RELAXNG}group"


_WIDER = {
    "unsignedByte": "unsignedShort",
    "unsignedShort": "unsignedInt",
    "unsignedInt": "unsignedLong",
    "positiveInteger": "nonNegativeInteger",
    "int": "long",
    "short": "int",
    "NCName": "token",
    "unsignedLong": "nonNegativeInteger",
}
_NARROWER = {wide: narrow for narrow, wide in _WIDER.items()}


def _widen(element: etree._Element, random: Random) -> None:
    element.set("type", _WIDER[element.get("type", "")])


def _narrow(element: etree._Element, random: Random) -> None:
    element.set("type", _NARROWER[element.get("type", "")])


def _shorten(element: etree._Element, random: Random) -> None:
    """Another facet beside those that there are."""
    etree.SubElement(element, f"{RELAXNG}param", name="maxLength").text = str(random.randint(1, 8))


def _is_choice_of_several(element: etree._Element) -> bool:
    parent = element.getparent()
    return parent is not None and parent.tag == f"{RELAXNG}choice" and len(parent) > 1


def _is_required_attribute(element: etree._Element) -> bool:
    parent = element.getparent()
    return parent is not None and parent.tag in (f"{RELAXNG}element", f"{RELAXNG}group", f"{RELAXNG}interleave")


def _is_named(element: etree._Element) -> bool:
    return element.get("name") is not None


_KINDS: Sequence[tuple[str, str, Effect, Callable[[etree._Element], bool], Edit]] = (
    ("value deleted", "value", Effect.LESS, _is_choice_of_several, _delete),
    ("optional to required", "optional", Effect.LESS, lambda _: True, _unwrap),
    ("optional deleted", "optional", Effect.LESS, lambda one: len(_parent(one)) > 1, _delete),
    ("required to optional", "attribute", Effect.MORE, _is_required_attribute, _wrap),
    ("attribute renamed", "attribute", Effect.OTHER, _is_named, _rename),
    ("interleave to group", "interleave", Effect.LESS, lambda one: len(one) > 1, _in_order),
    ("datatype widened", "data", Effect.MORE, lambda one: one.get("type") in _WIDER and not len(one), _widen),
    ("datatype narrowed", "data", Effect.LESS, lambda one: one.get("type") in _NARROWER and not len(one), _narrow),
    ("text shortened", "data", Effect.LESS, lambda one: one.get("type") in ("string", "token", "NCName"), _shorten),
)


def mutations(tree: etree._ElementTree, random: Random, number: int) -> Iterator[Mutation]:
    """Edits of each kind in turn, each of a tree of its own."""
    places = {kind: [one for one in tree.iter(f"{RELAXNG}{tag}") if fits(one)] for kind, tag, _, fits, _ in _KINDS}
    kinds = [kind for kind in _KINDS if places[kind[0]]]
    for index in range(number):
        kind, _, effect, _, edit = kinds[index % len(kinds)]
        original = random.choice(places[kind])
        copy = deepcopy(tree)
        (element,) = copy.xpath(tree.getpath(original))
        edit(element, random)
        yield Mutation(kind, effect, original.sourceline or 0, copy)


def _parent(element: etree._Element) -> etree._Element:
    parent = element.getparent()
    assert parent is not None
    return parent
