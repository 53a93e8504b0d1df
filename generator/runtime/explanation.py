"""Why a document was refused: the exact validator's faults where the package carries its grammar, else our own.

Loaded only when something is wrong, or when a caller asks for exact validation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .element import Element
from .faults import Fault, FormatError, ParseError
from .fields import Attribute, Field, Open
from .open_content import AnyElement
from .positions import Place, Positions
from .reading import Trouble
from .source import Document
from .validation.spelling import nearest


def wrong_root(document: Document, expected: tuple[str, ...]) -> ParseError:
    found = document.root.tag
    names = tuple(_shown(name) for name in expected)
    trouble = Trouble(
        document.root,
        "wrong-root",
        f"the root is {_shown(found)!r}, not {' or '.join(repr(name) for name in names[:3])}",
        found=found,
        expected=names,
    )
    return ParseError(_faults(document, [trouble]))


def explained(document: Document, entry: str, troubles: Sequence[Trouble]) -> ParseError:
    """All faults of a document that parsing refused."""
    return ParseError(_exact_faults(document, entry) or _faults(document, troubles))


def validated(document: Document, entry: str) -> None:
    """Raises:
    ParseError: the document is not exactly what the schema allows.
    """
    faults = _exact_faults(document, entry)
    if faults:
        raise ParseError(faults)


def _exact_faults(document: Document, entry: str) -> list[Fault]:
    from .package_grammar import faults_of

    return faults_of(document, entry)


def _faults(document: Document, troubles: Sequence[Trouble]) -> list[Fault]:
    ordinals = {element: number for number, element in enumerate(document.root.iter("*"))}
    positions = Positions(document.data) if document.data is not None else None
    found = sorted(
        ((ordinals.get(trouble.node, 0), trouble) for trouble in troubles), key=lambda pair: pair[0]
    )
    return [_fault(document, trouble, ordinal, positions) for ordinal, trouble in found]


def _fault(document: Document, trouble: Trouble, ordinal: int, positions: Positions | None) -> Fault:
    node = trouble.node
    place = _place(trouble, ordinal, positions)
    if place.line == 0:
        place = Place(node.sourceline or 0, 1 if node.sourceline else 0)
    path = path_of(node)
    if trouble.attribute:
        path += f"/@{_written_name(node, trouble.attribute)}"
    return Fault(
        document.file,
        place.line,
        place.column,
        path,
        trouble.code,
        trouble.message,
        found=trouble.found,
        expected=tuple(_shown(name) for name in trouble.expected),
        suggestion=nearest(_shown(trouble.found), tuple(_shown(name) for name in trouble.expected)),
        width=place.width,
        source_line=positions.line(place.line) if positions is not None and place.line else "",
    )


def _place(trouble: Trouble, ordinal: int, positions: Positions | None) -> Place:
    if positions is None:
        return Place(0, 0)
    if trouble.attribute:
        return positions.attribute(ordinal, list(trouble.node.keys()).index(trouble.attribute))
    if trouble.code in ("bad-value", "stray-text"):
        place = positions.text(ordinal)
        if place.line:
            return place
    return positions.element(ordinal)


def path_of(node: Any) -> str:
    """An XPath of the names as written, with an index only where siblings share the name."""
    steps = []
    while node is not None:
        parent = node.getparent()
        name = _written_name(node, node.tag)
        if parent is not None:
            same = [child for child in parent if child.tag == node.tag]
            if len(same) > 1:
                name = f"{name}[{same.index(node) + 1}]"
        steps.append(name)
        node = parent
    return "/" + "/".join(reversed(steps))


def _written_name(node: Any, name: str) -> str:
    namespace, _, local = name[1:].partition("}") if name[:1] == "{" else ("", "", name)
    if not namespace:
        return local
    prefix = next((prefix for prefix, uri in node.nsmap.items() if uri == namespace), None)
    if namespace == "http://www.w3.org/XML/1998/namespace":
        prefix = "xml"
    return f"{prefix}:{local}" if prefix else local


def _shown(name: str) -> str:
    return name.rpartition("}")[2] if name[:1] == "{" else name


def unwritable(target: Any, error: Exception) -> FormatError:
    """Says which field of which object inside `target` cannot be written."""
    for path, value, reason in _refused_fields(target, type(target).__name__):
        return FormatError(f"{path} = {value!r}: {reason}")
    return FormatError(f"{type(target).__name__} cannot be written: {error}")


def _refused_fields(target: Any, path: str) -> Any:
    """The fields that cannot be written, innermost first, as path, value and reason. Objects are walked with a list,
    since they may be nested deeper than Python's stack."""
    stack: list[tuple[str, Any, Field | None]] = [(path, target, None)]
    seen: set[int] = set()
    while stack:
        path, value, field = stack.pop()
        if isinstance(value, Element):
            if id(value) in seen:
                yield path, type(value).__name__, "the object contains itself"
                continue
            seen.add(id(value))
            stack.extend(
                (f"{path}.{one.name}", getattr(value, one.name), one) for one in reversed(type(value)._fields)
            )
        elif isinstance(value, list) and not _is_list_value(field):
            stack.extend((f"{path}[{index}]", item, field) for index, item in reversed(list(enumerate(value))))
        else:
            reason = _refusal(value, field)
            if reason:
                yield path, value, reason


def _is_list_value(field: Field | None) -> bool:
    return isinstance(field, Attribute) or hasattr(getattr(field, "converter", None), "item")


def _refusal(value: Any, field: Field | None) -> str:
    from .escaping import escape_text

    if field is None:
        return "is no object of a generated class"
    if value is None:
        return "is required" if field.required else ""
    try:
        if field.converter is not None:
            escape_text(field.converter.format(value))
        elif isinstance(value, str):
            escape_text(value)
        elif not isinstance(value, (bool, dict, AnyElement)) and not isinstance(field, Open):
            return "is of the wrong type"
    except (ValueError, TypeError) as error:
        return str(error)
    return ""
