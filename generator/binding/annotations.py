"""The annotations that a schema's author writes for us, saying what RELAX NG itself cannot: foreign attributes."""

from __future__ import annotations

from ..relaxng.name_class import QName

NAMESPACE = "urn:relaxgen:binding:1"

ENUM = QName(NAMESPACE, "enum")
"""The enum table that a choice of values belongs to."""
NAME = QName(NAMESPACE, "name")
SINCE = QName(NAMESPACE, "since")
VARIANTS = QName(NAMESPACE, "variants")
"""``merge`` or ``split``: overrides what the variants rule finds."""
CONTENT = QName(NAMESPACE, "content")
"""``ordered``: one list for all children."""
DEFAULT_VALUE = QName("http://relaxng.org/ns/compatibility/annotations/1.0", "defaultValue")
"""What an attribute means where it is absent (DTD compatibility specification, section 3); for documentation only."""
