"""XML catalogs (OASIS XML Catalogs 1.1): absolute URIs that a schema names → URIs of local copies.

    with catalogs_in_use(["catalog.xml"]):
        read_grammar("book.rng")

The catalogs that are in use come first, then those of ``XML_CATALOG_FILES``. Only URI references are looked up (section
7.2 of the standard): entries for external identifiers are checked, and matter only for URNs of public identifiers. A
catalog that is not there is skipped with a warning (section 8), one with mistakes is an error. No catalog is read
before a URI is looked up, and none twice for one URI, so circles end.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urljoin

from ..diagnostics.errors import Diagnostics, did_you_mean, nearest
from ..diagnostics.locations import SourceLocation
from ..runtime.markup import XML_NAMESPACE
from .name_class import QName
from .schema_document import MAXIMUM_BYTES, UnreadableDocument, XmlDocument, XmlElement, parse_document
from .syntax import UnusableAddress, local_path

CATALOG_FILES_VARIABLE = "XML_CATALOG_FILES"
CATALOG_NAMESPACE = "urn:oasis:names:tc:entity:xmlns:xml:catalog"
MAXIMUM_CATALOGS = 1_000
"""Catalogs that are read to look up one URI."""

ENTRIES = {
    "uri": ("name", "uri"),
    "rewriteURI": ("uriStartString", "rewritePrefix"),
    "uriSuffix": ("uriSuffix", "uri"),
    "delegateURI": ("uriStartString", "catalog"),
    "public": ("publicId", "uri"),
    "delegatePublic": ("publicIdStartString", "catalog"),
    "system": ("systemId", "uri"),
    "rewriteSystem": ("systemIdStartString", "rewritePrefix"),
    "systemSuffix": ("systemIdSuffix", "uri"),
    "delegateSystem": ("systemIdStartString", "catalog"),
    "nextCatalog": ("catalog",),
}
"""The attributes that each entry requires: what is looked up, and where that leads."""

_XML_BASE = QName(XML_NAMESPACE, "base")
_NOT_IN_URIS = re.compile('[\\x00-\\x20"<>\\\\^`{|}\\x7f-\\U0010ffff]')
_PUBLIC_IDENTIFIER = "urn:publicid:"
# RFC 3151, section 2; the percent sign comes last.
_TRANSCRIBED = (
    ("+", " "), (":", "//"), (";", "::"), ("%2B", "+"), ("%3A", ":"), ("%2F", "/"), ("%3B", ";"), ("%27", "'"),
    ("%3F", "?"), ("%23", "#"), ("%25", "%"),
)  # fmt: skip

_files_in_use: ContextVar[tuple[str, ...]] = ContextVar("catalogs", default=())


@contextmanager
def catalogs_in_use(files: Iterable[Path | str]) -> Iterator[None]:
    """Schemas that are read within the context use these catalogs before all others. Like the environment variable,
    they concern every schema that is read, however deep in a program that is."""
    token = _files_in_use.set((*map(str, files), *_files_in_use.get()))
    try:
        yield
    finally:
        _files_in_use.reset(token)


def catalog_files() -> tuple[str, ...]:
    """The catalogs in use, then those of the environment, which are file names or URIs."""
    named = os.environ.get(CATALOG_FILES_VARIABLE, "").split()
    return tuple(dict.fromkeys((*_files_in_use.get(), *filter(None, map(_file_of, named)))))


def _file_of(name: str) -> str:
    try:
        return local_path(name, "")
    except UnusableAddress:
        return ""  # nothing is loaded from a network


@dataclass(frozen=True, slots=True)
class _Entry:
    """``key`` is normalised; ``target`` is an absolute URI."""

    kind: str
    key: str
    target: str
    location: SourceLocation


class Catalogs:
    """Looks up URIs for one schema. Mistakes in catalogs go to `diagnostics`, once."""

    def __init__(self, diagnostics: Diagnostics) -> None:
        self._diagnostics = diagnostics
        self._catalogs: dict[str, tuple[_Entry, ...]] = {}

    @property
    def files(self) -> tuple[str, ...]:
        """The catalogs that were looked for; not all of them need exist."""
        return tuple(self._catalogs)

    def find(self, uri: str) -> str | None:
        """The URI that the catalogs map `uri` to."""
        waiting = [(_uri_of(file), SourceLocation(file)) for file in catalog_files()]
        if uri.startswith(_PUBLIC_IDENTIFIER):
            return self._search("public", _public_identifier(uri), waiting)
        return self._search("uri", _normalised(uri), waiting)

    def why_not(self, uri: str) -> str:
        """Advice about a URI that was not found."""
        key = _normalised(uri)
        for entry in (entry for entries in self._catalogs.values() for entry in entries):
            if entry.kind == "system" and entry.key == key:
                return f"the <system> of {entry.location} is for DOCTYPEs; <uri name=... uri=...> is for schemas"
        known = [entry.key for entries in self._catalogs.values() for entry in entries if entry.kind == "uri"]
        return f"no entry of {', '.join(self._catalogs)} fits it{did_you_mean(uri, known)}"

    def _search(self, kind: str, key: str, waiting: Sequence[tuple[str, SourceLocation]]) -> str | None:
        """Sections 7.1.2 and 7.2.2: entries of one catalog by their kind, then its next catalogs, then the rest."""
        waiting, seen = list(waiting), set[str]()
        while waiting:
            catalog, named_at = waiting.pop(0)
            if catalog in seen:
                continue
            seen.add(catalog)
            if len(seen) > MAXIMUM_CATALOGS:
                self._diagnostics.error(named_at, f"more than {MAXIMUM_CATALOGS:,} catalogs are read for one URI")
                return None
            entries = self._entries(catalog, named_at)
            found = _found(kind, key, entries)
            if found is not None:
                return found
            delegates = _longest_first(_starting("delegateURI" if kind == "uri" else "delegatePublic", key, entries))
            if delegates:  # they replace all other catalogs
                waiting = [(entry.target, entry.location) for entry in delegates]
            else:
                waiting[:0] = [(one.target, one.location) for one in entries if one.kind == "nextCatalog"]
        return None

    def _entries(self, uri: str, named_at: SourceLocation) -> tuple[_Entry, ...]:
        try:
            path = shown_path(uri)
        except UnusableAddress as unusable:
            self._diagnostics.warning(named_at, f"this catalog is skipped: {unusable}")
            return ()
        if path not in self._catalogs:
            self._catalogs[path] = ()  # a catalog that cannot be read is reported once
            self._catalogs[path] = tuple(self._read(path, uri, named_at))
        return self._catalogs[path]

    def _read(self, path: str, uri: str, named_at: SourceLocation) -> list[_Entry]:
        try:
            if not Path(path).is_file():
                raise FileNotFoundError(2, "no such file", path)
            if Path(path).stat().st_size > MAXIMUM_BYTES:
                self._diagnostics.error(SourceLocation(path), f"is larger than {MAXIMUM_BYTES // 1024 // 1024} MiB")
                return []
            document = parse_document(Path(path).read_bytes())
        except OSError as error:
            self._diagnostics.warning(named_at, f"this catalog is skipped: {path}: {error.strerror}")
            return []
        except UnreadableDocument as unreadable:
            place = SourceLocation(path, unreadable.line, unreadable.column, _origin(named_at))
            self._diagnostics.error(place, unreadable.message)
            return []
        return _CatalogReader(document, path, self._diagnostics, _origin(named_at)).read(uri)


def _origin(named_at: SourceLocation) -> SourceLocation | None:
    return named_at if named_at.line else None


@dataclass(frozen=True, slots=True)
class _CatalogReader:
    document: XmlDocument
    path: str
    diagnostics: Diagnostics
    named_at: SourceLocation | None

    def read(self, uri: str) -> list[_Entry]:
        root = self.document.root
        if (root.namespace, root.local) != (CATALOG_NAMESPACE, "catalog"):
            message = f"<{root.local}> is not the <catalog> of an XML catalog, in the namespace {CATALOG_NAMESPACE}"
            self.diagnostics.error(self._place(root), message)
            return []
        return list(self._entries(root, uri, ENTRIES.keys() | {"group"}))

    def _entries(self, parent: XmlElement, base: str, allowed: Iterable[str]) -> Iterator[_Entry]:
        base = urljoin(base, parent.foreign.get(_XML_BASE, ""))
        for element in parent.children:
            if element.namespace != CATALOG_NAMESPACE:
                continue  # extensions (section 6.2)
            if element.local not in allowed:
                hint = did_you_mean(element.local, allowed)
                message = f"<{element.local}> is not allowed in the <{parent.local}> of an XML catalog{hint}"
                self.diagnostics.error(self._place(element), message)
            elif element.local == "group":
                yield from self._entries(element, base, ENTRIES)
            elif self._has_all(element):
                *key, target = (element.attributes[name] for name in ENTRIES[element.local])
                target = urljoin(urljoin(base, element.foreign.get(_XML_BASE, "")), target)
                yield _Entry(element.local, _key(element.local, *key), target, self._place(element))

    def _has_all(self, element: XmlElement) -> bool:
        missing = [name for name in ENTRIES[element.local] if name not in element.attributes]
        for name in missing:
            near = nearest(name, element.attributes)
            hint = f" (is it {near!r}?)" if near else ""
            self.diagnostics.error(self._place(element), f"<{element.local}> needs the attribute '{name}'{hint}")
        return not missing

    def _place(self, element: XmlElement) -> SourceLocation:
        return SourceLocation(self.path, element.line, element.column, self.named_at)


def _key(kind: str, key: str = "") -> str:
    return _public_identifier(key) if kind in ("public", "delegatePublic") else _normalised(key)


def _found(kind: str, key: str, entries: Sequence[_Entry]) -> str | None:
    for entry in entries:
        if entry.kind == kind and entry.key == key:
            return entry.target
    if kind == "uri":
        for entry in _longest_first(_starting("rewriteURI", key, entries)):
            return entry.target + key[len(entry.key) :]
        for entry in _longest_first([one for one in entries if one.kind == "uriSuffix" and key.endswith(one.key)]):
            return entry.target
    return None


def _starting(kind: str, key: str, entries: Iterable[_Entry]) -> list[_Entry]:
    return [entry for entry in entries if entry.kind == kind and key.startswith(entry.key)]


def _longest_first(entries: list[_Entry]) -> list[_Entry]:
    return sorted(entries, key=lambda entry: -len(entry.key))


def _normalised(uri: str) -> str:
    """Section 6.4: what is not allowed in a URI is escaped."""
    return _NOT_IN_URIS.sub(lambda found: quote(found[0], safe=""), uri)


def _public_identifier(text: str) -> str:
    """Sections 6.3 and 6.5: white space is collapsed, and a URN is unwrapped."""
    if text.startswith(_PUBLIC_IDENTIFIER):
        text = text.removeprefix(_PUBLIC_IDENTIFIER)
        for written, meant in _TRANSCRIBED:
            text = text.replace(written, meant)
    return " ".join(text.split())


def _uri_of(file: str) -> str:
    return Path(os.path.abspath(file)).as_uri()


def shown_path(uri: str) -> str:
    """The local file of an absolute URI, as a person in the working directory would write it.

    Raises:
        UnusableAddress: it is no local file.
    """
    path = local_path(uri, "")
    try:
        return Path(path).relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        return path
