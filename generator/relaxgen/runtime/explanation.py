"""Why a document or an object was refused, and where; loaded only when something is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple, Protocol, get_args

from .element import Attribute, Content, Element, Field, Flag, annotation_of, classes_of
from .faults import Fault, FormatError, ParseError, nearest
from .markup import AnyElement, Nesting, escape_text, inside_out, local_name
from .reader import Document, Refusal

_NAMESPACE = re.compile(r"\{[^}]*\}")


def wrong_root(
    document: Document, package: str, entry: str, expected: Iterable[str], *, is_lenient: bool
) -> ParseError:
    """Where anything but the root may be unknown, nothing else is reported."""
    from .wording import tags

    names = tags([local_name(tag) for tag in expected])
    refusal = Refusal(document.root, "wrong-root", f"the root is <{local_name(document.root.tag)}>, not {names}")
    return explained(document, package, entry, [refusal], is_lenient=is_lenient)


def explained(
    document: Document, package: str, entry: str, refusals: Sequence[Refusal], *, is_lenient: bool
) -> ParseError:
    """All faults of a document that parsing refused; where it may have what the schema does not know, those only that
    parsing saw."""
    from .events import Unreadable
    from .validator import MAXIMUM_FAULTS, explain
    from .wording import Refused, Words

    ordinals = {node: ordinal for ordinal, node in enumerate(document.root.iter("*"))}
    # Each of many attributes of one element may be refused.
    indexes = cache(lambda node: {name: index for index, name in enumerate(node.keys())})
    refused = []
    for node, code, message, attribute, found, expected in refusals:
        index = indexes(node)[attribute] if attribute else -1
        words = Words(message, found, expected, nearest(found, expected))
        refused.append(Refused(ordinals.get(node, 0), index, code, words))
    try:
        return ParseError(explain(document, package, entry, refused, is_lenient=is_lenient))
    except Unreadable:
        # Expat does not take some letters of names that newer editions of XML allow.
        placed = sorted(refusals, key=lambda one: ordinals.get(one.node, 0))
        return ParseError([_unplaced(document, one) for one in placed[:MAXIMUM_FAULTS]])


def _unplaced(document: Document, refusal: Refusal) -> Fault:
    node, code, message, attribute, found, expected = refusal
    tree = node.getroottree()
    steps = [local_name(tree.getroot().tag), _NAMESPACE.sub("", tree.getelementpath(node)), f"@{local_name(attribute)}"]
    path = "".join(f"/{step}" for step in steps if step not in (".", "@"))
    line, hint = node.sourceline or 0, nearest(found, expected)
    return Fault(document.file, line, 0, path, code, message, found, expected, hint)


def too_deep(document: Document) -> ParseError:
    """For a tree that a caller made: libxml2 refuses texts that are nested so deep."""
    return ParseError([Fault(document.file, 0, 0, "", "limit", "elements are nested too deep to be read")])


# Which field of which object cannot be written, and why.


class Trial(Protocol):
    """Writes open content, or raises what it raises; a new `Writer` does."""

    def any_element(self, element: AnyElement, margin: str) -> str: ...
    def open_attributes(self, attributes: Any) -> str: ...


def unwritable(target: Any, error: Exception, trial: Trial) -> FormatError:
    """Says which field of which object inside `target` cannot be written."""
    for path, value, reason in _refused_fields(target, trial):
        return FormatError(f"{path} = {_abridged(value)}: {reason}")
    if isinstance(error, RecursionError):
        return FormatError(f"{type(target).__name__} cannot be written: objects are nested too deep")
    return FormatError(f"{type(target).__name__} cannot be written: {error}")


def not_of_kind(target: Any, kind: Any) -> FormatError:
    if not isinstance(target, Element):
        return FormatError(f"{type(target).__name__} = {_abridged(target)}: is not an object of a generated class")
    names = " or ".join([one.__name__ for one in get_args(kind) or (kind,)])
    return FormatError(f"{type(target).__name__} cannot be written here: it is no {names}")


def _abridged(value: Any) -> str:
    """An object by its class: there may be a whole document in it, or a circle."""
    return f"{type(value).__name__}(…)" if isinstance(value, Nesting) else repr(value)


class _Visit(NamedTuple):
    """A value to look at. ``classes`` are those of which it must be, none where that is not known, and ``type`` is how
    the annotation says it; ``is_list`` means that the field contains a list of them."""

    path: str
    value: Any
    field: Field | None
    classes: tuple[type, ...] = ()
    type: str = ""
    is_list: bool = False
    is_required: bool = False


def _refused_fields(target: Any, trial: Trial) -> Iterator[tuple[str, Any, str]]:
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
            reason = _refusal(visit, trial)
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
    classes = () if isinstance(field, Content) else classes_of(type(owner), field)
    is_required = field.required or not (is_list or annotation.endswith("| None"))
    return _Visit(f"{path}.{field.name}", value, field, classes, wanted, is_list, is_required)


def _is_list_value(field: Field | None) -> bool:
    return isinstance(field, Attribute) or hasattr(getattr(field, "converter", None), "item")


def _refusal(visit: _Visit, trial: Trial) -> str:
    value, field = visit.value, visit.field
    if field is None:
        return "" if isinstance(value, Element) else "is not an object of a generated class"
    if visit.is_list:
        return "" if isinstance(value, list) else "is not a list"
    if value is None:
        return "is required" if visit.is_required else ""
    if visit.classes:
        return "" if isinstance(value, visit.classes) else f"is no {visit.type}"
    if isinstance(field, Content):
        refusal = field.contents.refusal(value)
        if refusal or not isinstance(value, (str, AnyElement)):
            return refusal
    return _refused_text(value, field, trial)


def _refused_text(value: Any, field: Field, trial: Trial) -> str:
    try:
        if isinstance(field, Flag):
            return "" if isinstance(value, bool) else f"{value!r} is not True or False"
        if field.converter is not None:
            escape_text(field.converter.format(value))
        elif isinstance(value, str):
            escape_text(value)
        elif isinstance(value, AnyElement):
            trial.any_element(value, "")
        elif isinstance(value, dict):
            trial.open_attributes(value)
        else:
            return "is of the wrong type"
    except (ValueError, TypeError, AttributeError) as error:
        return str(error)
    except RecursionError:
        return _reason_of_depth(value)
    return ""


def _reason_of_depth(value: Any) -> str:
    try:
        inside_out(value)
    except ValueError as error:
        return str(error)
    return "elements are nested too deep"
