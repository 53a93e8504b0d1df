"""Where writing must know which namespaces are declared: what is in one, what is in none inside it, and values with
prefixes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ..binding.model import ClassModel, FieldKind, FieldModel, Model
from .converters import holds_qnames
from .view import PythonField

NO_NAMESPACE = repr("")


def scoped_classes(model: Model) -> frozenset[str]:
    """The classes that have a namespace somewhere inside, or open content, or are themselves unqualified."""
    scoped = {
        one.name for one in model.classes if one.xml_name.namespace or any(_is_scoped(field) for field in one.fields)
    }
    scoped |= unqualified_classes(model)
    parents: dict[str, set[str]] = {}
    for class_ in model.classes:
        for name in _inside(class_, _members(model)):
            parents.setdefault(name, set()).add(class_.name)
    return _reached(scoped, parents)


def unqualified_classes(model: Model) -> frozenset[str]:
    """The classes of elements without a namespace inside elements with one, and classes with such children. They must
    not inherit the default namespace that is declared around them."""
    members = _members(model)
    children = {one.name: set(_inside(one, members)) for one in model.classes}
    qualified = {one.name for one in model.classes if one.xml_name.namespace}
    reached = _reached(qualified, children)
    return frozenset(
        one.name
        for one in model.classes
        if one.name in reached and (not one.xml_name.namespace or any(map(_is_unqualified, one.fields)))
    )


def unqualified(field: PythonField) -> PythonField:
    """The view of a field of an unqualified class: children without a namespace say so."""
    is_child = field.kind in (FieldKind.VALUE.name, FieldKind.FLAG.name)
    return replace(field, namespace=NO_NAMESPACE) if is_child and not field.namespace else field


def _is_scoped(field: FieldModel) -> bool:
    if field.kind in (FieldKind.OPEN_ATTRIBUTES, FieldKind.OPEN_ELEMENTS) or field.open:
        return True
    if holds_qnames(field.type):
        return True
    return field.xml_name is not None and bool(field.xml_name.namespace)


def _is_unqualified(field: FieldModel) -> bool:
    is_child = field.kind in (FieldKind.VALUE, FieldKind.FLAG)
    return is_child and field.xml_name is not None and not field.xml_name.namespace


def _members(model: Model) -> Mapping[str, tuple[str, ...]]:
    return {union.name: tuple(variant.name for variant in union.variants) for union in model.unions}


def _inside(class_: ClassModel, members: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """The classes of an element's children."""
    for field in class_.fields:
        for _, target in field.references:
            yield from members.get(target.name, (target.name,))


def _reached(names: set[str] | frozenset[str], steps: Mapping[str, set[str]]) -> frozenset[str]:
    found, waiting = set(names), list(names)
    while waiting:
        for name in steps.get(waiting.pop(), set()) - found:
            found.add(name)
            waiting.append(name)
    return frozenset(found)
