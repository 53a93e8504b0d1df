"""Texts held against the package's exact grammar before a caller gets them.

What is written is checked, unless the caller knows better or the object carries what the schema does not know. Where
formatting has a doubt about the order of children, the grammar decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from .converters import UnknownText
from .element import Element, package_of
from .fields import Child, Field, Token
from .markup import local_name
from .validation.document import ANY
from .validation.patterns import Path, symbol_of
from .validation.validator import faults_in, is_valid, orders_in

if TYPE_CHECKING:
    from .faults import Fault, FormatError
    from .layout import Node


ADVICE = "to write it all the same: validate=False; parsing may have let it in, since it looks at each field by itself"


def settled(text: str, target: Any, validate: bool | None, *, has_doubts: bool) -> str:
    """The text as it is to be written: with ``has_doubts`` with children of elements in another order, where that is
    what makes the elements valid; white space between children stays where it is.

    Raises:
        FormatError: the schema does not allow the text, and that matters.
    """
    owner: Any = type(target)
    package, entry = package_of(owner), owner._entry
    if is_valid(text, package, entry):
        return text
    if has_doubts:
        orders = orders_in(text, package, entry, movable_children(target), orders_read(target))
        if orders:
            text = _reordered(text.encode("utf-8"), orders).decode("utf-8")
    if validate is False or (validate is None and carries_unknown(target)):
        return text
    faults = faults_in(text, package, entry)
    if not faults or (validate is None and _is_unreadable(faults)):
        return text
    raise _refusal(target, faults)


def orders_read(target: Any) -> Mapping[Path, set[tuple[str, ...]]]:
    """The orders of children that documents had, by the names of elements from the root. Names are symbols, or `ANY`
    for an element of a list."""
    found: dict[Path, set[tuple[str, ...]]] = {}
    for path, one in _objects_with_paths(target):
        if one._preserved is not None and one._preserved.order is not None:
            names = tuple([_symbol_at(one, name) for name in one._preserved.order])
            found.setdefault(path, set()).add(names)
    return found


def _symbol_at(one: Element, name: str) -> str:
    """What stands in the order of children under a name: of a choice, the element that is there by now."""
    if name == ANY:
        return ANY
    held = getattr(one, name[1:]) if name.startswith(ANY) else None
    return symbol_of(held._tag if isinstance(held, Element) else name)


def _objects_with_paths(target: Any) -> Iterator[tuple[Path, Element]]:
    waiting: list[tuple[Path, str, Any]] = [((), "", target)]
    seen: set[tuple[Path, int]] = set()
    while waiting:
        above, tag, one = waiting.pop()
        if isinstance(one, list):
            waiting += [(above, tag, item) for item in one]
        elif isinstance(one, Element):
            path = (*above, symbol_of(tag or _tag_of(one)))
            if (path, id(one)) not in seen:
                seen.add((path, id(one)))
                yield path, one
                waiting += [(path, _told_by(field), getattr(one, field.name)) for field in type(one)._fields]


def _told_by(field: Field) -> str:
    """The name of the element, where the field tells it."""
    return field.xml if isinstance(field, Child) else ""


def _tag_of(root: Element) -> str:
    """Of an element whose name no field tells."""
    local = root._preserved.tag if root._preserved is not None else ""
    return next((tag for tag in type(root)._tags if local and local_name(tag) == local), type(root)._tag)


def movable_children(target: Any) -> Mapping[Path, frozenset[str]]:
    """The children that have a field of their own, by the names of elements from the root: what stands in a list with
    others keeps the order of the list. Of several classes on one path, those that have one in each. Names are symbols.
    """
    found: dict[Path, frozenset[str]] = {}
    for path, one in _objects_with_paths(target):
        names = frozenset(symbol_of(tag) for field in type(one)._fields for tag in field.tags)
        found[path] = found.get(path, names) & names
    return found


def carries_unknown(target: Any) -> bool:
    """Whether there is anything in the objects that parsing has kept though the schema does not know it."""
    waiting, seen = [target], set[int]()
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, Element) and id(one) not in seen:
            preserved = one._preserved
            if preserved is not None and (preserved.unknown_whole or preserved.unknown()):
                return True
            seen.add(id(one))
            waiting += [getattr(one, field.name) for field in type(one)._fields]
        elif type(one) is UnknownText or (isinstance(one, Token) and not one.is_known):
            return True
    return False


def _is_unreadable(faults: list[Fault]) -> bool:
    """Whether the validator could not read the text: expat does not take some letters of names that newer editions of
    XML allow, which is nothing that the schema says."""
    return faults[0].code == "malformed"


def _refusal(target: Any, faults: list[Fault]) -> FormatError:
    from .faults import FormatError

    said = [f"{fault.path}: {fault.message}" if fault.path else fault.message for fault in faults]
    return FormatError(f"{type(target).__name__} would not be valid: " + "\n".join([*said, f"  {ADVICE}"]), faults)


def _reordered(data: bytes, orders: Mapping[int, tuple[int, ...]]) -> bytes:
    from .layout import read_tree

    root = read_tree(data)
    nodes = _in_document_order(root)
    texts: dict[int, bytes] = {}
    for ordinal in range(len(nodes) - 1, -1, -1):
        node = nodes[ordinal]
        order = orders.get(ordinal, range(len(node.children)))
        if ordinal in orders or any(id(child) in texts for child in node.children):
            texts[id(node)] = _with_children(node, order, texts)
    return data[: root.start] + texts[id(root)] + data[root.end :]


def _in_document_order(root: Node) -> list[Node]:
    found, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting.extend(reversed(node.children))
    return found


def _with_children(node: Node, order: Any, texts: Mapping[int, bytes]) -> bytes:
    parts, position = [], node.start
    for place, index in zip(node.children, order, strict=True):
        child = node.children[index]
        parts += [node.data[position : place.start], texts.get(id(child), node.data[child.start : child.end])]
        position = place.end
    return b"".join([*parts, node.data[position : node.end]])
