"""Texts held against the package's exact grammar before a caller gets them.

Loaded when formatting has a doubt about the order of children, or when a caller asks for exact validation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .faithful.tree import Node, read_tree
from .faults import FormatError
from .package_grammar import faults_in, orders_in


def settled(text: str, target: Any) -> str:
    """The text with children of elements in another order, where that is what makes the elements valid; white space
    between children stays where it is."""
    orders = orders_in(text, _entry(target))
    if not orders:
        return text
    return _reordered(text.encode("utf-8"), orders).decode("utf-8")


def check(text: str, target: Any) -> None:
    """Raises:
    FormatError: the schema does not allow the text.
    """
    faults = faults_in(text, _entry(target))
    if faults:
        said = [f"{fault.path}: {fault.message}" for fault in faults]
        raise FormatError(f"{type(target).__name__} would not be valid: " + "\n".join(said), faults)


def _entry(target: Any) -> str:
    entry: str = type(target)._element[2]
    return entry


def _reordered(data: bytes, orders: Mapping[int, tuple[int, ...]]) -> bytes:
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
