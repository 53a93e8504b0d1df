"""Checks annotations in our namespace: their names and their values."""

from __future__ import annotations

from collections.abc import Sequence

from ..diagnostics.errors import Diagnostics, nearest_or_all
from ..relaxng.name_class import QName
from ..relaxng.pattern import Annotations
from ..relaxng.schema import Schema
from .annotations import AS, IMPLIED, NAMESPACE, WHEN, Annotated, prefix_in
from .bindings_file import CHOICES
from .conversion import why_no_conversion

KNOWN = ("name", "field", "enum", "enum-name", "as", "implied", "when", "since", "content", "variants", "written")

_FAMILY = "urn:relaxgen:"
"""All our namespaces begin so; any other than `NAMESPACE` is an error."""


def check_annotations(schemas: Sequence[Schema], diagnostics: Diagnostics) -> None:
    """Reports annotations with a wrong name or a wrong value."""
    for schema in schemas:
        prefix = prefix_in([schema])
        for define in schema.defines.values():
            _check(define, prefix, diagnostics)
        for pattern in schema.patterns():
            _check(pattern, prefix, diagnostics)


def _check(annotated: Annotated, prefix: str, diagnostics: Diagnostics) -> None:
    annotations = annotated.annotations
    for name, value in annotations.attributes.items():
        message = ""
        if name.namespace == NAMESPACE:
            message = _wrong_name(name, prefix) or _wrong_value(name, value, prefix, annotations)
        elif name.namespace.startswith(_FAMILY):
            message = f"annotation {name.local!r} is in the namespace {name.namespace!r}, ours is {NAMESPACE!r}"
        if message:
            diagnostics.error(annotations.places.get(name, annotated.location), message)


def _wrong_name(name: QName, prefix: str) -> str:
    if name.local in KNOWN:
        return ""
    return f"there is no annotation {prefix}:{name.local}{nearest_or_all(name.local, KNOWN)}"


def _wrong_value(name: QName, value: str, prefix: str, annotations: Annotations) -> str:
    words = CHOICES.get(name.local, (value,))
    if value not in words:
        return f"{prefix}:{name.local} is {value!r}, expected {' or '.join(map(repr, words))}"
    if name == AS:
        reason = why_no_conversion(value)
        return f"{prefix}:as is {value!r}, {reason}" if reason else ""
    if name == WHEN and IMPLIED not in annotations.attributes:
        return f"{prefix}:when needs a {prefix}:implied beside it"
    return ""
