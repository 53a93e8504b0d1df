"""Why a document was refused: the exact validator's faults where the package carries its grammar, else our own.

Loaded only when something is wrong, or when a caller asks for exact validation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..faults import Fault, ParseError
from ..spelling import nearest
from ..xml.namespaces import XML_NAMESPACE, local_name, split_name
from ..xml.positions import Place, Positions
from ..xml.source import Document
from .reader import UnplacedFault


def wrong_root(document: Document, expected: tuple[str, ...]) -> ParseError:
    found = document.root.tag
    names = tuple(local_name(name) for name in expected)
    message = f"the root is {local_name(found)!r}, not {' or '.join(repr(name) for name in names[:3])}"
    if local_name(found) in names:
        message = f"the root {local_name(found)!r} is {_namespace(found)}, not {_namespace(expected[0])}"
    fault = UnplacedFault(document.root, "wrong-root", message, found=found, expected=names)
    return ParseError(_faults(document, [fault]))


def _namespace(name: str) -> str:
    return f"in the namespace {split_name(name)[0]!r}" if name[:1] == "{" else "in no namespace"


def explained(
    document: Document, package: str, entry: str, found: Sequence[UnplacedFault], *, exactly: bool
) -> ParseError:
    """All faults of a document that parsing refused; where it may have what the schema does not know, those only that
    parsing saw."""
    exact = _exact_faults(document, package, entry) if exactly else []
    # A document that was read is well-formed; but expat, which exact validation reads with, does not take some letters
    # of names that newer editions of XML allow.
    if any(fault.code == "malformed" for fault in exact):
        exact = []
    return ParseError(exact or _faults(document, found))


def validated(document: Document, package: str, entry: str) -> None:
    """Raises:
    ParseError: the document is not exactly what the schema allows.
    """
    faults = _exact_faults(document, package, entry)
    if faults:
        raise ParseError(faults)


def _exact_faults(document: Document, package: str, entry: str) -> list[Fault]:
    from ..validation.package_grammar import faults_of

    return faults_of(document, package, entry)


def _faults(document: Document, found: Sequence[UnplacedFault]) -> list[Fault]:
    ordinals = {element: number for number, element in enumerate(document.root.iter("*"))}
    positions = Positions(document.data) if document.data is not None else None
    placed = sorted(((ordinals.get(fault.node, 0), fault) for fault in found), key=lambda pair: pair[0])
    return [_fault(document, fault, ordinal, positions) for ordinal, fault in placed]


def _fault(document: Document, fault: UnplacedFault, ordinal: int, positions: Positions | None) -> Fault:
    node = fault.node
    place = _place(fault, ordinal, positions)
    if place.line == 0:
        place = Place(node.sourceline or 0, 1 if node.sourceline else 0)
    path = path_of(node)
    if fault.attribute:
        path += f"/@{_written_name(node, fault.attribute)}"
    name = local_name(fault.found)
    expected = tuple(local_name(one) for one in fault.expected)
    return Fault(
        document.file,
        place.line,
        place.column,
        path,
        fault.code,
        fault.message,
        found=fault.found,
        expected=expected,
        # The right name in the wrong namespace is not misspelt.
        suggestion="" if name in expected else nearest(name, expected),
        width=place.width,
        source_line=positions.line(place.line) if positions is not None and place.line else "",
    )


def _place(fault: UnplacedFault, ordinal: int, positions: Positions | None) -> Place:
    if positions is None:
        return Place(0, 0)
    if fault.attribute:
        return positions.attribute(ordinal, list(fault.node.keys()).index(fault.attribute))
    if fault.code in ("bad-value", "stray-text"):
        place = positions.text(ordinal)
        if place.line:
            return place
    return positions.element(ordinal)


def path_of(node: Any) -> str:
    """The way from the root by local names, with an index only where siblings share the name."""
    steps = []
    while node is not None:
        parent = node.getparent()
        name = local_name(node.tag)
        if parent is not None:
            same = [child for child in parent if child.tag == node.tag]
            if len(same) > 1:
                name = f"{name}[{same.index(node) + 1}]"
        steps.append(name)
        node = parent
    return "/" + "/".join(reversed(steps))


def _written_name(node: Any, name: str) -> str:
    namespace, local = split_name(name)
    if not namespace:
        return local
    prefix = next((prefix for prefix, uri in node.nsmap.items() if uri == namespace), None)
    if namespace == XML_NAMESPACE:
        prefix = "xml"
    return f"{prefix}:{local}" if prefix else local


def too_deep(document: Document) -> ParseError:
    """For a tree that a caller made: libxml2 refuses texts that are nested so deep."""
    return ParseError([Fault(document.file, 0, 0, "", "limit", "elements are nested too deep to be read")])
