"""Names of XML: ``{uri}local`` in a namespace, ``local`` in none."""

from __future__ import annotations

XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"
DECLARATIONS_NAMESPACE = "http://www.w3.org/2000/xmlns/"

SEPARATOR = "\x1f"
"""Between namespace and local name in the names that expat reports: a character that XML does not allow, not even as a
reference, so that no URI holds it."""

BLANKS = " \t\r\n"
"""White space of XML."""


def split_name(name: str) -> tuple[str, str]:
    """The namespace and the local name."""
    if name[:1] == "{":
        namespace, _, local = name[1:].rpartition("}")
        return namespace, local
    return "", name


def local_name(name: str) -> str:
    return name.rpartition("}")[2]
