"""The prefixes of a schema in the compact syntax: which are declared, and for what.

A schema that was read from the compact syntax has its declarations. One that was read from XML has none of them: its
elements inherit ``ns`` and ``datatypeLibrary``, and declare prefixes wherever they like. The namespace of the root, or
else of most elements, becomes the default one; prefixes stay what they are unless two of one name mean different
things.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from itertools import chain, count

from ...runtime.markup import XML_NAMESPACE, XML_SCHEMA
from ..name_class import QName
from ..schema_document import Declaration, XmlDocument, XmlElement, elements_from, layout_of
from ..syntax import ANNOTATIONS, INHERITED, RELAX_NG
from .tokens import KEYWORDS


class Names:
    """``added`` are the declarations that the document does not have, known after `settle`."""

    def __init__(self, document: XmlDocument) -> None:
        self._document = document
        self._namespace: dict[int, str | None] = {}
        self._library: dict[int, str] = {}
        self._in_attributes: set[int] = set()
        self._declarations = [one for one in document.before if isinstance(one, Declaration)]
        self._inherit(document.root)
        self._bound: dict[str, str | None] = {"xml": XML_NAMESPACE}
        """Prefixes with their namespaces; of one namespace there may be several."""
        self._used: set[str] = set()
        self._libraries: dict[str, str] = {}
        self._default: str | None = None
        self.added: list[Declaration] = []
        if document.is_compact:
            self._take_declarations()
        else:
            self._choose()
        self._libraries.setdefault(XML_SCHEMA, "xsd")

    def _inherit(self, root: XmlElement) -> None:
        """Notes the context of each element. Its namespace is None if no element around has an ``ns``."""
        waiting: list[tuple[XmlElement, str | None, str, bool]] = [(root, None, "", False)]
        while waiting:
            element, namespace, library, is_in_attribute = waiting.pop()
            if element.namespace != RELAX_NG:
                continue
            namespace = element.attributes.get("ns", namespace)
            namespace = None if namespace == INHERITED else namespace
            library = element.attributes.get("datatypeLibrary", library)
            self._namespace[element.ordinal] = namespace
            self._library[element.ordinal] = library
            if is_in_attribute:
                self._in_attributes.add(element.ordinal)
            if element.local in ("element", "attribute"):
                is_in_attribute = element.local == "attribute"
            waiting.extend((child, namespace, library, is_in_attribute) for child in element.children)

    def _take_declarations(self) -> None:
        for one in self._declarations:
            if one.keyword == "datatypes":
                self._libraries.setdefault(one.uri or "", one.prefix)
                continue
            if one.keyword == "default namespace":
                self._default = one.uri
            if one.prefix:
                self._bound.setdefault(one.prefix, one.uri)

    def _choose(self) -> None:
        root = self._document.root
        wanted = Counter(self._namespaces_without_prefix())
        self._default = root.attributes.get("ns")
        if self._default is None and any(uri is not None for uri in wanted):
            self._default = max((uri for uri in wanted if uri is not None), key=lambda uri: wanted[uri])
        for element in elements_from(root):
            declared = element.layout.declared if element.layout is not None else {}
            for prefix, uri in declared.items():
                if prefix:
                    self._bound.setdefault(prefix, uri)
        self._used |= set(_kept(root))

    def _namespaces_without_prefix(self) -> Iterator[str | None]:
        """The namespaces of elements that ``ns`` decides."""
        for element in elements_from(self._document.root):
            if element.ordinal not in self._namespace:
                continue  # it is in an annotation
            is_name = element.local == "name" and ":" not in element.text and element.ordinal not in self._in_attributes
            is_element = element.local == "element" and ":" not in element.attributes.get("name", ":")
            if is_element or (is_name and self._namespace[element.ordinal]):
                yield self._namespace[element.ordinal]

    def settle(self) -> None:
        """Makes `added` of everything that has been asked for."""
        declared = {one.prefix for one in self._declarations if one.keyword != "datatypes"}
        default = None if self._document.is_compact else self._default
        used = [(prefix, uri) for prefix, uri in self._bound.items() if prefix in self._used - {"xml"}]
        of_default = next((prefix for prefix, uri in used if uri == default), None)
        if default is not None and of_default is None:
            self.added.append(Declaration("default namespace", "", default, 0, 0))
        # XML has no declaration for those without a URI: in a second conversion they come last.
        for prefix, uri in sorted(used, key=lambda item: not item[1]):
            if prefix not in declared:
                keyword = "default namespace" if default is not None and prefix == of_default else "namespace"
                self.added.append(Declaration(keyword, prefix, uri, 0, 0))
        datatypes = {one.prefix for one in self._declarations if one.keyword == "datatypes"}
        for library, prefix in self._libraries.items():
            if prefix not in datatypes and (prefix, library) != ("xsd", XML_SCHEMA):
                self.added.append(Declaration("datatypes", prefix, library, 0, 0))

    # What is written

    def name(self, element: XmlElement) -> str:
        """The name of an element, of an attribute or of a ``name``, with the prefix that its namespace needs."""
        written = element.attributes.get("name", element.text).strip()
        prefix, colon, local = written.rpartition(":")
        if colon:
            namespace = XML_NAMESPACE if prefix == "xml" else element.namespaces.get(prefix, "")
            return f"{self._prefix(namespace, prefix)}:{local}"
        inherited = self._namespace[element.ordinal]
        without_prefix = self._default
        if element.local == "attribute":
            inherited, without_prefix = element.attributes.get("ns", ""), ""
        elif element.local == "name" and element.ordinal in self._in_attributes:
            without_prefix = ""
        return local if inherited == without_prefix else f"{self._prefix(inherited)}:{local}"

    def prefix_of(self, element: XmlElement) -> str:
        """The prefix of an ``nsName``."""
        return self._prefix(self._namespace[element.ordinal])

    def inherited(self, element: XmlElement) -> str:
        """The prefix of the namespace that a file inherits; empty for the default one."""
        namespace = self._namespace[element.ordinal]
        return "" if namespace == self._default else self._prefix(namespace)

    def annotation(self, element: XmlElement, name: QName) -> str:
        wanted = element.layout.attribute_prefixes.get(name, "") if element.layout is not None else ""
        return f"{self._prefix(name.namespace, wanted)}:{name.local}"

    def annotation_element(self, element: XmlElement) -> str:
        if not element.namespace:
            return f"\\{element.local}" if element.local in KEYWORDS else element.local
        wanted = element.layout.prefix if element.layout is not None else ""
        return f"{self._prefix(element.namespace, wanted)}:{element.local}"

    def datatype(self, element: XmlElement) -> str:
        library, local = self._library[element.ordinal], element.attributes.get("type", "").strip()
        if not library:
            return local
        if library not in self._libraries:
            self._libraries[library] = _free("d", self._libraries.values())
        return f"{self._libraries[library]}:{local}"

    def value_datatype(self, element: XmlElement) -> str:
        """Empty for what a text in quotes means by itself."""
        if "type" not in element.attributes:
            return ""
        datatype = self.datatype(element)
        return "" if datatype == "token" else datatype

    def _prefix(self, namespace: str | None, wanted: str = "") -> str:
        """The wanted prefix, if it means the namespace or can be made to, else another one."""
        is_right = wanted in self._bound and self._bound[wanted] == namespace
        known = (prefix for prefix, uri in self._bound.items() if uri == namespace)
        prefix = wanted if is_right else next(known, None)
        if prefix is None:
            is_free = wanted and wanted not in self._bound and wanted != "xmlns"
            prefix = wanted if is_free else _free(_made_of(namespace), self._bound)
            self._bound[prefix] = namespace
        self._used.add(prefix)
        return prefix


def _kept(root: XmlElement) -> Iterator[str]:
    """The prefixes that stay declared even if nothing uses them: not that of the elements themselves, and not that of
    documentation where reading declares it again, as the last one."""
    layout = layout_of(root)
    declared = [(prefix, uri) for prefix, uri in layout.declared.items() if prefix]
    if (
        declared
        and declared[-1] == ("a", ANNOTATIONS)
        and any(one.namespace == ANNOTATIONS for one in elements_from(root))
    ):
        declared.pop()
    yield from (prefix for prefix, _ in declared if prefix != layout.prefix)


def _made_of(namespace: str | None) -> str:
    """A prefix for a namespace that has none.

    >>> _made_of("http://www.w3.org/1999/xhtml"), _made_of("urn:example:words:1.0"), _made_of(""), _made_of(None)
    ('xhtml', 'words', 'local', 'inherited')
    """
    if namespace is None:
        return "inherited"
    if not namespace:
        return "local"
    words = [word for word in re.findall(r"[A-Za-z][A-Za-z-]*", namespace) if word.lower() not in ("ns", "v", "xmlns")]
    return words[-1].lower().strip("-") if words else "ns"


def _free(prefix: str, taken: Collection[str]) -> str:
    candidates = chain((prefix,), (f"{prefix}{number}" for number in count(2)))
    return next(candidate for candidate in candidates if candidate not in taken)
