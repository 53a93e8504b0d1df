"""The facts of RELAX NG's XML syntax (specification section 3): its elements, their attributes, and the form of names
and addresses."""

from __future__ import annotations

import os.path
import re
from urllib.parse import unquote, urljoin, urlsplit

from ..runtime.name_types import NC_NAME_CHARACTER, NC_NAME_START

RELAX_NG = "http://relaxng.org/ns/structure/1.0"
ANNOTATIONS = "http://relaxng.org/ns/compatibility/annotations/1.0"
XMLNS = "http://www.w3.org/2000/xmlns"

INHERITED = "\0inherited"
"""The value of ``ns`` for the namespace that the file inherits, where an element around has another one. Only the
compact syntax can say so."""

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
"""Elements whose content is a string. White space counts in the first two; other content is not allowed."""

# The specification refers to XML 1.0 as it was then. Beyond the basic plane, where nothing was assigned at the time,
# names follow the fifth edition, as they do in lxml: a schema whose element is named with an emoji has such documents.
BEYOND = "\U00010000-\U000effff"
_NCNAME = re.compile(f"[{NC_NAME_START}{BEYOND}][{NC_NAME_CHARACTER}{BEYOND}]*")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def is_ncname(text: str) -> bool:
    return _NCNAME.fullmatch(text) is not None


def allowed_attributes(element: str) -> tuple[str, ...]:
    return (*REQUIRED_ATTRIBUTES.get(element, ()), *OPTIONAL_ATTRIBUTES.get(element, ()), *COMMON_ATTRIBUTES)


def fault_of_datatype_library(uri: str) -> str | None:
    """Returns the reason why `uri` cannot be the value of ``datatypeLibrary`` (section 4.3)."""
    if not uri:
        return None
    if "#" in uri:
        return f"datatype library {uri!r} has a fragment identifier"
    if not _ABSOLUTE.match(uri):
        return f"datatype library {uri!r} is not an absolute URI"
    if _BAD_ESCAPE.search(uri):
        return f"datatype library {uri!r} has a '%' that no two hexadecimal digits follow"
    return None


class UnusableAddress(Exception):
    """An ``href`` that leads to no local file; the text says why."""


def base_path(reference: str, base: str) -> str:
    """The base that ``xml:base`` sets within `base` (section 4.2 of XML Base); the last part of it counts for nothing.
    It is a path, or the URI of what is no local file."""
    try:
        parts = urlsplit(reference)
    except ValueError:
        return reference
    if _is_uri(base):
        return urljoin(base, reference)
    if parts.scheme not in ("", "file") or parts.netloc not in ("", "localhost"):
        return reference
    return os.path.join(os.path.dirname(base), _path(parts.path))  # noqa: PTH118, PTH120


def _path(quoted: str) -> str:
    """A file name can have bytes that are not UTF-8; Python writes them as surrogates."""
    return unquote(quoted, errors="surrogateescape")


def base_of_file(path: str) -> str:
    """The base of a document: a path that no one takes for a URI."""
    return f"./{path}" if _is_uri(path) else path


def absolute_uri(href: str, base: str) -> str:
    """The URI that `href` is or, below an ``xml:base`` that is one, refers to. Empty for a path beside a file."""
    try:
        uri = urljoin(base, href) if _is_uri(base) else href
    except ValueError:
        return ""
    return uri if _is_uri(uri) and "#" not in href else ""


def _is_uri(text: str) -> bool:
    return _ABSOLUTE.match(text) is not None


def local_path(href: str, base: str) -> str:
    """The path that `href` names in a document at `base` (section 4.5), relative where `base` is.

    Raises:
        UnusableAddress: for anything but a local file.
    """
    if "#" in href:
        raise UnusableAddress(f"href {href!r} has a fragment identifier")
    try:
        href = absolute_uri(href, base) or href
        parts = urlsplit(href)
    except ValueError:
        raise UnusableAddress(f"href {href!r} is not a URI reference") from None
    if parts.scheme not in ("", "file") or parts.netloc not in ("", "localhost"):
        raise UnusableAddress(f"href {href!r} is not a local file; nothing is loaded from a network")
    if parts.query:
        raise UnusableAddress(f"href {href!r} has a query, which no local file has")
    path = _path(parts.path)
    if "\0" in path:
        raise UnusableAddress(f"href {href!r} is not a file name")
    return os.path.normpath(os.path.join(os.path.dirname(base), path)) if path else base  # noqa: PTH118, PTH120
