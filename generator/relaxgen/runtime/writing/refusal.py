"""Which field of which object cannot be written, and why. Loaded when writing has failed."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple, get_args

from ..faults import FormatError
from ..objects.element import Element, annotation_of
from ..objects.fields import Attribute, Child, Content, Field
from ..xml.any_element import AnyElement
from ..xml.escaping import escape_text
from .writer import Writer


def unwritable(target: Any, error: Exception) -> FormatError:
    """Says which field of which object inside `target` cannot be written."""
    for path, value, reason in _refused_fields(target):
        return FormatError(f"{path} = {_abridged(value)}: {reason}")
    if isinstance(error, RecursionError):
        return FormatError(f"{type(target).__name__} cannot be written: objects are nested too deep")
    return FormatError(f"{type(target).__name__} cannot be written: {error}")


def not_of_kind(target: Any, kind: Any) -> FormatError:
    if not isinstance(target, Element):
        return FormatError(f"{type(target).__name__} = {_abridged(target)}: is no object of a generated class")
    names = " or ".join([one.__name__ for one in get_args(kind) or (kind,)])
    return FormatError(f"{type(target).__name__} cannot be written here: it is no {names}")


def _abridged(value: Any) -> str:
    """An object by its class: there may be a whole document in it, or a circle."""
    return f"{type(value).__name__}(…)" if isinstance(value, Element) else repr(value)


class _Visit(NamedTuple):
    """A value to look at. ``classes`` are those of which it must be, none where that is not known, and ``type`` is how
    the annotation says it; ``is_list`` tells that the field holds a list of them."""

    path: str
    value: Any
    field: Field | None
    classes: tuple[type, ...] = ()
    type: str = ""
    is_list: bool = False
    is_required: bool = False


def _refused_fields(target: Any) -> Iterator[tuple[str, Any, str]]:
    """The fields that cannot be written as path, value and reason. Objects are walked with a list, since they may be
    nested deeper than Python's stack, and once each, since there may be many ways to one."""
    stack: list[_Visit | int] = [_Visit(type(target).__name__, target, None)]
    inside: set[int] = set()
    done: set[int] = set()
    while stack:
        visit = stack.pop()
        if isinstance(visit, int):
            inside.discard(visit)
            done.add(visit)
        elif id(visit.value) in inside:
            yield visit.path, visit.value, "the object contains itself"
        else:
            reason = _refusal(visit)
            if reason:
                yield visit.path, visit.value, reason
            elif id(visit.value) not in done and (parts := _parts(visit)):
                inside.add(id(visit.value))
                stack.append(id(visit.value))
                stack.extend(reversed(parts))


def _parts(visit: _Visit) -> list[_Visit]:
    value = visit.value
    if isinstance(value, Element):
        return [_part(visit.path, value, field) for field in type(value)._fields]
    if visit.is_list:
        return [
            _Visit(f"{visit.path}[{index}]", item, visit.field, visit.classes, visit.type, is_required=True)
            for index, item in enumerate(value)
        ]
    return []


def _part(path: str, owner: Element, field: Field) -> _Visit:
    annotation = annotation_of(type(owner), field)
    is_list = annotation.startswith("list[") and not _is_list_value(field)
    value = getattr(owner, field.name, None)
    wanted = annotation.removeprefix("list[").removesuffix("]").removesuffix(" | None")
    classes = _classes(type(owner), field, wanted)
    is_required = field.required or not (is_list or annotation.endswith("| None"))
    return _Visit(f"{path}.{field.name}", value, field, classes, wanted, is_list, is_required)


def _classes(owner: type[Element], field: Field, annotation: str) -> tuple[type, ...]:
    """The classes of the objects that a field holds, as its annotation says; nothing for other fields."""
    if not isinstance(field, Child) or field.converter is not None:
        return ()
    module = sys.modules[owner.__module__]
    package = sys.modules[owner.__module__.rpartition(".")[0]]
    found: list[type] = []
    for name in re.findall(r"\w+", annotation):
        named = getattr(module, name, None) or getattr(package, name, None)
        found += [each for each in (named, *get_args(named)) if isinstance(each, type) and issubclass(each, Element)]
    return tuple(found)


def _is_list_value(field: Field | None) -> bool:
    return isinstance(field, Attribute) or hasattr(getattr(field, "converter", None), "item")


def _refusal(visit: _Visit) -> str:
    value, field = visit.value, visit.field
    if field is None:
        return "" if isinstance(value, Element) else "is no object of a generated class"
    if visit.is_list:
        return "" if isinstance(value, list) else "is no list"
    if value is None:
        return "is required" if visit.is_required else ""
    if visit.classes:
        return "" if isinstance(value, visit.classes) else f"is no {visit.type}"
    if isinstance(field, Content):
        return _refused_text(value, field) if isinstance(value, (str, AnyElement)) else field.contents.refusal(value)
    return _refused_text(value, field)


def _refused_text(value: Any, field: Field) -> str:
    try:
        if field.converter is not None:
            escape_text(field.converter.format(value))
        elif isinstance(value, str):
            escape_text(value)
        elif isinstance(value, AnyElement):
            Writer("", {}).any_element(value, "")
        elif isinstance(value, dict):
            Writer("", {}).open_attributes(value)
        elif not isinstance(value, bool):
            return "is of the wrong type"
    except (ValueError, TypeError, AttributeError) as error:
        return str(error)
    return ""
