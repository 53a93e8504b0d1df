"""Whether a text says what is wanted."""

from __future__ import annotations

from ..xml.namespaces import BLANKS
from ..xml.source_tree import Node


def first_difference(found: Node, wanted: Node) -> Node | None:
    """The first element of `wanted`, in document order, that stands in `found` with another name, other attributes,
    other text or other children; None where there is none.

    White space counts where it is more than layout. Of prefixes only those count that `wanted` declares: more may be
    declared in `found`, and names may have others.
    """
    waiting = [(found, wanted)]
    while waiting:
        one, other = waiting.pop()
        if not _is_same(one, other):
            return other
        waiting.extend(zip(reversed(one.children), reversed(other.children), strict=True))
    return None


def _is_same(found: Node, wanted: Node) -> bool:
    if found.name != wanted.name or found.attributes != wanted.attributes:
        return False
    if len(found.children) != len(wanted.children):
        return False
    if found.gaps != wanted.gaps and not (wanted.is_elastic and _stripped(found) == _stripped(wanted)):
        return False
    return all(found.scope.get(prefix, "") == uri for prefix, uri in wanted.declared.items())


def _stripped(node: Node) -> list[str]:
    return [gap.strip(BLANKS) for gap in node.gaps]
