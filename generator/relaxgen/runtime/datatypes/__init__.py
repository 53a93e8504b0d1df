"""What datatype libraries are called. Apart from `library`, so that a name costs no import of the types."""

from __future__ import annotations

BUILT_IN = ""
XML_SCHEMA = "http://www.w3.org/2001/XMLSchema-datatypes"
DTD_COMPATIBILITY = "http://relaxng.org/ns/compatibility/datatypes/1.0"
