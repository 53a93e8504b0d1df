"""The facts of RELAX NG's XML syntax (specification section 3): which elements there are, what may stand on them, and
what names and addresses look like."""

from __future__ import annotations

import os.path
import re
from urllib.parse import unquote, urlsplit

RELAX_NG = "http://relaxng.org/ns/structure/1.0"
ANNOTATIONS = "http://relaxng.org/ns/compatibility/annotations/1.0"
XMLNS = "http://www.w3.org/2000/xmlns"

COMMON_ATTRIBUTES = ("ns", "datatypeLibrary")

REQUIRED_ATTRIBUTES = {
    "ref": ("name",),
    "parentRef": ("name",),
    "define": ("name",),
    "param": ("name",),
    "data": ("type",),
    "externalRef": ("href",),
    "include": ("href",),
}
OPTIONAL_ATTRIBUTES = {
    "element": ("name",),
    "attribute": ("name",),
    "value": ("type",),
    "start": ("combine",),
    "define": ("combine",),
}

NAME_CLASSES = ("name", "anyName", "nsName", "choice")
COMPONENTS = ("start", "define", "div", "include")
TEXT_ELEMENTS = ("value", "param", "name")
"""Elements whose content is a string: white space counts in the first two, and nothing else may stand in them."""

# XML 1.0, fifth edition, productions 4 and 4a without the colon.
_NAME_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME_REST = "\\-.0-9\u00b7\u0300-\u036f\u203f-\u2040"
_NCNAME = re.compile(f"[{_NAME_START}][{_NAME_START}{_NAME_REST}]*")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def is_ncname(text: str) -> bool:
    return _NCNAME.fullmatch(text) is not None


def allowed_attributes(element: str) -> tuple[str, ...]:
    return (*REQUIRED_ATTRIBUTES.get(element, ()), *OPTIONAL_ATTRIBUTES.get(element, ()), *COMMON_ATTRIBUTES)


def fault_of_datatype_library(uri: str) -> str | None:
    """What keeps `uri` from being the value of ``datatypeLibrary`` (section 4.3)."""
    if not uri:
        return None
    if "#" in uri:
        return f"datatype library {uri!r} has a fragment identifier"
    if not _ABSOLUTE.match(uri):
        return f"datatype library {uri!r} is no absolute URI"
    if _BAD_ESCAPE.search(uri):
        return f"datatype library {uri!r} has a '%' that no two hexadecimal digits follow"
    return None


class UnusableAddress(Exception):
    """An ``href`` that leads to no local file; the text says why."""


def local_path(href: str, base: str) -> str:
    """The path that `href` names in a document at `base` (section 4.5), relative where `base` is.

    Raises:
        UnusableAddress: for anything but a local file.
    """
    if "#" in href:
        raise UnusableAddress(f"href {href!r} has a fragment identifier")
    try:
        parts = urlsplit(href)
    except ValueError:
        raise UnusableAddress(f"href {href!r} is no URI reference") from None
    if parts.scheme not in ("", "file") or parts.netloc not in ("", "localhost"):
        raise UnusableAddress(f"href {href!r} is not a local file; nothing is loaded from a network")
    if parts.query:
        raise UnusableAddress(f"href {href!r} has a query, which no local file has")
    path = unquote(parts.path)
    if "\0" in path:
        raise UnusableAddress(f"href {href!r} is no file name")
    return os.path.normpath(os.path.join(os.path.dirname(base), path)) if path else base  # noqa: PTH118, PTH120
