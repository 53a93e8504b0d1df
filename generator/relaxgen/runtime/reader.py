"""Opens the sources of documents, and handles the unusual parts of documents for the generated read functions.

A read function contains code only for documents that the schema allows, in the usual spelling. For everything else it
calls this module. The module remembers other spellings, and refuses, keeps or drops unknown content. It collects the
faults, which are explained after the whole document has been read.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, NamedTuple, TypeAlias, TypeVar, Union

from .converters import InvalidText, Irregular, OtherSpelling, UnknownText
from .element import (
    ANY_ELEMENT,
    MISSING,
    Attribute,
    Child,
    Choice,
    Condition,
    Element,
    Extended,
    Field,
    Flag,
    Implied,
    Open,
    OpenAttributes,
    Preserved,
    Spelling,
    Text,
    content_reader,
    order_to_keep,
    spelling,
    unknown_token,
)
from .markup import (
    BLANKS,
    NO_NAME,
    TEXT_NAME,
    AnyElement,
    Names,
    any_element,
    append_text,
    attributes_of,
    declared_on,
    escape_text,
    etree,
    local_name,
    make_parser,
    may_have_many_attributes,
    nested,
    split_name,
)

if TYPE_CHECKING:
    from .element import Contents


# From a source (a text, bytes, a path, a file, an element) to an lxml tree.
#
# Nothing outside the document is loaded: no DTD, no external entity, nothing from the network. A DOCTYPE is allowed if
# it declares nothing, so there are no entities to expand. libxml2 limits the depth (256) and the length of texts.

Source: TypeAlias = Union[str, bytes, "os.PathLike[str]", BinaryIO, Any]
"""XML text, bytes in any encoding that XML allows, a path, an open binary file, or an lxml element."""

UnknownContent: TypeAlias = Literal["error", "keep", "ignore"]
"""What happens to elements, attributes and enum tokens that the schema does not know."""

_OF_LIBXML2 = frozenset(("utf-8", "utf-16-be", "utf-16-le"))

_STARTS = b"<", b"\xef", b" ", b"\t", b"\r", b"\n"

BEHIND_DECLARATION = 5
"""From this byte on, ``<?`` cannot be the XML declaration."""

_PARSERS: dict[tuple[bool, bool], Any] = {}


class Document:
    """A document that was read: its root, and its bytes, which are needed for the places of faults.

    ``data`` is None for an lxml element that the caller made. ``blanks`` means that white space between elements was
    kept; otherwise libxml2 drops it while reading, which is faster. ``is_text`` means that ``data`` is UTF-8, even if
    it declares another encoding.
    """

    __slots__ = ("blanks", "data", "file", "is_text", "root")

    def __init__(self, root: Any, data: bytes | None, file: str, *, blanks: bool, is_text: bool = False) -> None:
        self.root = root
        self.is_text = is_text
        self.data = data
        self.file = file
        self.blanks = blanks


def read_document(source: Source, *, blanks: bool) -> Document:
    """Raises:
    ParseError: the source is not well-formed XML, declares entities, or exceeds a limit.
    OSError: a path or file cannot be read.
    TypeError: the source has a type that cannot contain XML.
    """
    found = source if isinstance(source, Loaded) else bytes_of(source)
    if found is not None:
        data, name = found
        return _parsed(data, name, blanks, is_text=isinstance(source, str))
    tree: Any = source
    root = tree.getroot() if hasattr(tree, "getroot") else tree
    if etree.iselement(root) and isinstance(root.tag, str):
        name = root.getroottree().docinfo.URL or TEXT_NAME
        return Document(_without_comments(root), None, name, blanks=True)
    what = f"{type(source).__module__}.{type(source).__qualname__}"
    raise TypeError(f"cannot read XML from {what}: pass a str, bytes, a path, a binary file or an lxml element")


class Loaded(NamedTuple):
    """The bytes of a source, and its name."""

    data: bytes
    name: str


def loaded(source: Source) -> Source:
    """Reads a path or file; returns texts, bytes and elements unchanged. Raises as `bytes_of`."""
    if isinstance(source, (str, bytes, Loaded)):
        return source
    found = bytes_of(source)
    return source if found is None else Loaded(*found)


def text_of(source: Source) -> object:
    """Returns the text or bytes of a loaded source."""
    return source.data if isinstance(source, Loaded) else source


def bytes_of(source: Source) -> tuple[bytes, str] | None:
    """Returns the bytes of a source (a text in UTF-8) and its name; None for an object that is no text, path or file.

    Raises:
        ParseError: a text is not XML, or has lone surrogates.
        OSError: a path or file cannot be read.
        TypeError: a file is open in text mode.
    """
    if isinstance(source, str):
        return _encoded(source), TEXT_NAME
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source), TEXT_NAME
    if isinstance(source, os.PathLike):
        # Importing pathlib costs more than reading a document.
        with open(source, "rb") as file:  # noqa: PTH123
            return file.read(), str(os.fspath(source))
    if hasattr(source, "read"):
        data = source.read()
        if not isinstance(data, bytes):
            raise TypeError("the file must be open in binary mode")
        return data, str(getattr(source, "name", TEXT_NAME))
    return None


def _without_comments(root: Any) -> Any:
    """Returns the element, or a copy without comments and instructions, since these split texts into pieces."""
    if next(root.iter(etree.Comment, etree.ProcessingInstruction), None) is None:
        return root
    copy = deepcopy(root)
    copy.tail = None
    etree.strip_tags(copy, etree.Comment, etree.ProcessingInstruction)
    return copy


def _encoded(text: str) -> bytes:
    try:
        if "<" in text or not text.strip():
            return text.encode("utf-8")
    except UnicodeEncodeError:
        pass
    raise _refusal(text)


def _parsed(data: bytes, file: str, blanks: bool, *, is_text: bool = False) -> Document:
    source = data, file, is_text
    try:
        if not is_text:
            data, is_text = _in_known_encoding(data)
        is_ascii, has_marks = is_like_ascii(data), data.find(b"!") >= 0
        blanks = blanks or not is_ascii or _holds_more_than_elements(data, has_marks)
        root = etree.fromstring(data, _parser(blanks, is_text))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _refusal(*source, error) from None
    if (has_marks or not is_ascii) and root.getroottree().docinfo.internalDTD is not None:
        refusal = _refusal(*source)
        if refusal is not None:
            raise refusal
    return Document(root, data, file, blanks=blanks, is_text=is_text)


def _refusal(data: str | bytes, file: str = "", is_text: bool = False, error: Exception | None = None) -> Any:
    """See `faults.refusal`."""
    from .events import Source
    from .faults import refusal

    return refusal(data if isinstance(data, str) else Source(file, lambda: BytesIO(data), is_text, data=data), error)


def _in_known_encoding(data: bytes) -> tuple[bytes, bool]:
    """Returns the document, and whether it is now UTF-8, even if it declares another encoding. Which encodings libxml2
    knows depends on the platform.

    Raises:
        Unreadable: the encoding is unknown, or the document is not in it.
    """
    if data[:1] == b"<" and data[1:2] not in b"?\0":
        return data, False
    from .events import encoding_of, in_utf8

    if encoding_of(data) in _OF_LIBXML2:
        return data, False
    return in_utf8(data), True


def _holds_more_than_elements(data: bytes, has_marks: bool) -> bool:
    """Whether there may be comments or instructions.

    libxml2 looks at the neighbours of white space to decide whether it drops it. Beside a comment or an instruction,
    which we also drop, it would drop a part of a text. The search begins with single bytes, because that is many times
    faster: ``has_marks`` means that there are exclamation marks.
    """
    if has_marks and b"<!--" in data:
        return True
    return data.find(b"?", BEHIND_DECLARATION) >= 0 and data.find(b"<?", BEHIND_DECLARATION) >= 0


def is_like_ascii(data: bytes) -> bool:
    """Whether the encoding has ASCII's bytes for ASCII's characters: XML begins with ``<``, white space, or UTF-8's
    byte order mark."""
    return data.startswith(_STARTS) and data.find(b"\0", 0, 4) < 0


def _parser(blanks: bool, is_text: bool) -> Any:
    key = blanks, is_text
    if key not in _PARSERS:
        encoding = {"encoding": "utf-8"} if is_text else {}
        _PARSERS[key] = make_parser(remove_blank_text=not blanks, **encoding)
    return _PARSERS[key]


T = TypeVar("T")

_ITEMS: Callable[[Any], Iterable[tuple[str, str]]] = etree._Element.items

HIDDEN = "relaxgen-hidden-element"
"""The temporary name of an element that is read as open content although a class has a field for its real name."""


class Refusal(NamedTuple):
    """What reading refuses. `explained` finds out why; ``message`` is for what the exact grammar allows."""

    node: Any
    code: str
    message: str
    attribute: str = ""
    found: str = ""
    expected: tuple[str, ...] = ()


class Reader:
    """The state of reading one document. Every read function gets it as an argument.

    ``unknown`` says what happens to unknown content. ``namespaces`` is the greatest possible number of namespace
    declarations that were not found yet: until it is 0, each element must be searched for them. ``items`` lists the
    attributes of an element.
    """

    __slots__ = (
        "_full",
        "_may_have_several_prefixes",
        "_source_prefixes",
        "document",
        "faults",
        "items",
        "namespaces",
        "unknown",
        "wildcards",
    )

    def __init__(self, document: Document, unknown: UnknownContent) -> None:
        self.document = document
        self.unknown = unknown
        self.faults: list[Refusal] = []
        data = document.data if document.data is not None and is_like_ascii(document.data) else None
        self.namespaces = sys.maxsize if data is None else data.count(b"xmlns")
        self._may_have_several_prefixes = self.namespaces > 1
        self.items = attributes_of if data is None or may_have_many_attributes(data) else _ITEMS
        self.wildcards: dict[Any, str] = {}
        self._full: dict[Any, Any] = {}
        """For each element, the same element of a tree that has all white space."""
        self._source_prefixes: SourcePrefixes | None = None

    # Called by every read function

    def keep_namespaces(self, target: Element, node: Any) -> None:
        declared = declared_on(node)
        if declared:
            preserved = preserved_of(target)
            preserved.namespaces = declared
            namespace = declared.get(node.prefix)
            if namespace is not None and [*declared.values()].count(namespace) > 1:
                preserved.prefixes = {namespace: node.prefix}
            self.namespaces -= len(declared)
            if self.document.data is not None and _has_several_prefixes(node):
                # From here on, every element must be looked at.
                self.namespaces = sys.maxsize
                self._prefixes_in_source()
        if self._source_prefixes is not None:
            prefixes = self._source_prefixes.of_attributes(node)
            if prefixes:
                preserved_of(target).attribute_prefixes = prefixes

    def keep_order(self, target: Element, order: list[str]) -> None:
        """Remembers the order of the children if it is not the schema's, or if the schema allows several."""
        names = order_to_keep(type(target), order)
        if names is not None:
            preserved_of(target).order = names

    def fill_in(self, target: Element, implied: Implied) -> None:
        """Stores implied values, and remembers which of them the document contains."""
        for field, absent, value, condition in implied:
            if condition is None or holds(condition, target):
                current = getattr(target, field)
                if current is absent:
                    setattr(target, field, value)
                elif current == value:
                    preserved_of(target).append("spelled_out", field)

    def text(self, node: Any) -> str:
        """Returns the text of an element that contains only text."""
        if len(node) or node.keys():
            self._not_only_text(node)
            if self.unknown == "keep":
                raise MoreThanText(node.text or "")
        if self.namespaces and self._declares(node):
            raise MoreThanText(node.text or "")
        return node.text or ""

    def flag(self, node: Any) -> bool:
        """Returns True for an element that is empty and has no attributes."""
        if node.text is not None or len(node) or node.keys():
            self._not_empty(node)
            if self.unknown == "keep" and (len(node) or node.keys()):
                raise MoreThanText("")
            if node.text and not node.text.strip(BLANKS):
                raise BlankFlag(True, "")
        if self.namespaces and self._declares(node):
            raise MoreThanText("")
        return True

    def _declares(self, node: Any) -> bool:
        declared = declared_on(node)
        self.namespaces -= len(declared)
        return bool(declared)

    def choice(self, node: Any, contents: Contents) -> Any:
        """Reads a child element that is one of several kinds."""
        read = contents.readers.get(node.tag) or content_reader(contents, node.tag)
        assert read is not None, "read functions call this only for allowed elements"
        return read(node, self)

    # Called for unusual parts of a document

    def irregular_attribute(self, target: Element, node: Any, name: str, text: str, irregular: Irregular) -> None:
        field = _field(target, Attribute, name)
        if isinstance(irregular, OtherSpelling):
            _keep_spelling(target, field, spelling("attribute", name, irregular.canonical, text), irregular.value)
            return
        if not field.required and self.unknown == "error" and name in _open_names(type(target), OpenAttributes):
            # The schema also has a wildcard: it may allow a value that the named attribute does not allow.
            attributes = next(one for one in type(target)._fields if isinstance(one, OpenAttributes))
            getattr(target, attributes.name)[name] = text
            return
        self._invalid(target, field, node, text, irregular, attribute=name)

    def irregular_text(self, target: Element, node: Any, text: str, irregular: Irregular) -> None:
        field = next(field for field in type(target)._fields if isinstance(field, Text))
        if isinstance(irregular, OtherSpelling):
            _keep_spelling(target, field, spelling("text", "", irregular.canonical, text), irregular.value)
            return
        if not field.required and not text.strip(BLANKS):
            preserved_of(target).blank = text
            return
        self._invalid(target, field, node, text, irregular)

    def irregular_child(self, target: Element, node: Any, child: Any, irregular: Irregular) -> str:
        """Returns the tag of the child if it could be stored in its field, otherwise an empty string."""
        if isinstance(irregular, UnknownVariant):
            if self.unknown == "keep":
                self.unknown_child(target, node, child)
            elif self.unknown == "error":
                self.unknown_kind(child, irregular)
            return ""
        if isinstance(irregular, MoreThanText):
            return str(child.tag) if self._extended_child(target, child) else ""
        text = child.text or ""
        field = _field(target, Flag if isinstance(irregular, BlankFlag) else Child, child.tag)
        if isinstance(irregular, OtherSpelling):
            place = len(getattr(target, field.name)) if field.many else 0
            _keep_spelling(
                target, field, spelling("child", child.tag, irregular.canonical, text, place), irregular.value
            )
            return str(child.tag)
        return str(child.tag) if self._invalid(target, field, child, text, irregular) else ""

    def _extended_child(self, target: Element, child: Any) -> bool:
        usual = child.text or ""
        if _is_flag(target, child.tag):
            setattr(target, _field(target, Flag, child.tag).name, True)
            usual = ""
        else:
            field = _field(target, Child, child.tag)
            try:
                _store(target, field, usual if field.converter is None else field.converter[usual])
            except OtherSpelling as other:
                _store(target, field, other.value)
                usual = other.canonical
            except Irregular as irregular:
                if not self._invalid(target, field, child, usual, irregular):
                    return False
        preserved_of(target).append("extended", Extended(child.tag, escape_text(usual), self._unknown_element(child)))
        return True

    def _unknown_element(self, node: Any) -> AnyElement:
        """Returns the element with all prefixes that it needs, since formatting only knows those of the vocabulary."""
        element = self.any_element(node)
        used = {split_name(name)[0] for one in node.iter("*") for name in (one.tag, *one.keys()) if "}" in name}
        inherited = {prefix: uri for prefix, uri in node.nsmap.items() if uri in used}
        element.prefixes = {**inherited, **element.prefixes}
        return element

    def open_child(self, target: Element, elements: list[AnyElement], node: Any, child: Any) -> str:
        """Adds the child to `elements`, and returns ``*``; returns an empty string if it is not allowed there."""
        self._give_name_back(child)
        if isinstance(child.tag, str) and child.tag not in _open_names(type(target), Open):
            self.unknown_child(target, node, child)
            return ""
        if not isinstance(child.tag, str):
            self._not_an_element(child)
            return ""
        elements.append(self.any_element(child))
        return ANY_ELEMENT

    def open_attribute(self, target: Element, attributes: dict[str, str], node: Any, name: str, text: str) -> None:
        if name in _open_names(type(target), OpenAttributes):
            attributes[name] = text
        else:
            self.unknown_attribute(target, node, name, text)

    def _keep_in_content(self, target: Element, child: Any) -> AnyElement:
        """Returns an unknown element for a content list, and remembers that it is unknown."""
        element = self._unknown_element(child)
        preserved_of(target).append("unknown_in_content", element)
        return element

    def unknown_attribute(self, target: Element, node: Any, name: str, text: str) -> None:
        if self.unknown == "keep":
            namespace = split_name(name)[0]
            prefixes = [prefix for prefix, uri in node.nsmap.items() if prefix and uri == namespace]
            preserved_of(target).keep_attribute(name, text, prefixes[0] if prefixes else None)
        elif self.unknown == "error":
            self._unknown_attribute(node, name)

    def _unknown_attribute(self, node: Any, name: str) -> None:
        message = f"unknown attribute {local_name(name)!r} in {_shown(node)}"
        self.report(node, "unknown-attribute", message, name)

    def no_content(self, target: Element, node: Any) -> None:
        """Handles the content of an element that may have only attributes."""
        if node.text:
            self.stray_text(target, node, node.text)
        self.unknown_children(target, node)

    def unknown_children(self, target: Element, node: Any) -> None:
        for child in node:
            self.unknown_child(target, node, child)
            self._not_blank(node, child.tail or "")

    def _give_name_back(self, node: Any) -> None:
        """See `hide`."""
        if self.wildcards and node in self.wildcards:
            node.tag = self.wildcards[node]

    def hide(self, node: Any) -> None:
        """Renames an element, so that it is read as open content. There, its name is restored."""
        self.wildcards[node] = node.tag
        node.tag = HIDDEN

    def unhide(self) -> None:
        """Gives all hidden elements their names back."""
        for node in self.wildcards:
            self._give_name_back(node)

    def unknown_child(self, target: Element, node: Any, child: Any) -> str:
        """Returns an empty string, because the child has no place in the order."""
        self._give_name_back(child)
        if not isinstance(child.tag, str):
            self._not_an_element(child)
        elif self.unknown == "error" and _is_known(target, child.tag):
            self.report(child, "unexpected-element", f"{_shown(child)} is not allowed again")
        elif self.unknown == "keep":
            index = sum(1 for one in child.itersiblings(preceding=True) if isinstance(one.tag, str))
            preserved_of(target).append("unknown_elements", (index, self._unknown_element(child)))
        elif self.unknown == "error":
            self.report(child, "unknown-element", f"unknown element {_shown(child)}")
        return ""

    def unknown_kind(self, node: Any, irregular: UnknownVariant) -> None:
        """Reports an element whose deciding attribute is missing, or has a value that the schema does not know."""
        attribute, known = irregular.attribute, irregular.known
        found = node.get(attribute)
        if found is None:
            message = f"{_shown(node)} lacks the attribute {local_name(attribute)!r}"
            self.report(node, "missing-attribute", message, expected=known)
        else:
            message = f"{found!r} is no {local_name(attribute)} of {_shown(node)}"
            self.report(node, "bad-value", message, attribute, found, known)

    def stray_text(self, target: Element, node: Any, text: str) -> None:
        if not text.strip(BLANKS):
            if next(iter(node), None) is None:  # len() counts the children, and this is called for each of them
                preserved_of(target).blank = text
        else:
            self._not_blank(node, text)

    def _not_blank(self, node: Any, text: str) -> None:
        if text.strip(BLANKS):
            self.report(node, "unexpected-text", f"text {text.strip()!r} is not allowed in {_shown(node)}")

    def missing(self, target: Element, node: Any) -> None:
        """Reports the required fields that were not found."""
        for field in type(target)._fields:
            value = getattr(target, field.name)
            if field.required and (value is MISSING or (field.many and not value)):
                self._report_missing(target, field, node)

    def report(
        self, node: Any, code: str, message: str, attribute: str = "", found: str = "", expected: Iterable[str] = ()
    ) -> None:
        self.faults.append(Refusal(node, code, message, attribute, found, tuple(expected)))

    def any_element(self, node: Any) -> AnyElement:
        """Returns open content, with the white space that the parser has dropped."""
        element = any_element(node if self.document.blanks else self._with_blanks(node))
        if self._may_have_several_prefixes:
            self._keep_prefixes(element, node)
        return element

    def _keep_prefixes(self, element: AnyElement, node: Any) -> None:
        one: Any
        for one, inner in zip(nested(element), node.iter("*"), strict=True):
            namespaces = [*inner.nsmap.values()]
            if len(namespaces) == len(set(namespaces)):
                continue
            written: dict[str, str | None] = {"": inner.prefix} if "}" in inner.tag else {}
            prefixes = self._prefixes_in_source()
            if prefixes is not None:
                written.update(prefixes.of_attributes(inner))
            if written:
                one._written = written

    def _prefixes_in_source(self) -> SourcePrefixes | None:
        """Returns None if the document was not read from a text."""
        if self._source_prefixes is None and self.document.data is not None:
            self._source_prefixes = SourcePrefixes(self.document)
        return self._source_prefixes

    # Lists of content

    def content(self, target: Element, content: list[Any], node: Any, contents: Contents) -> None:
        """Appends everything inside `node` to `content`."""
        if contents.text and not self.document.blanks:
            node = self._with_blanks(node)
        self._content_text(target, content, node, node.text, contents)
        for child in node:
            self.content_child(target, content, node, child, contents)
            self._content_text(target, content, node, child.tail, contents)

    def content_child(self, target: Element, content: list[Any], node: Any, child: Any, contents: Contents) -> str:
        """Appends a child of `node` to `content`, and returns ``*``; an empty string if it was refused or dropped."""
        tag = child.tag
        read = contents.readers.get(tag) or content_reader(contents, tag)
        if tag == HIDDEN:
            self._give_name_back(child)
            tag = child.tag
        try:
            if read is not None:
                content.append(read(child, self))
                return ANY_ELEMENT
        except UnknownVariant as irregular:
            if self.unknown == "error":
                self.unknown_kind(child, irregular)
            if self.unknown != "keep":
                return ""
        if contents.open is not None and read is None and isinstance(tag, str) and tag in contents.open:
            content.append(self.any_element(child))
        elif isinstance(tag, str) and self.unknown == "keep":
            content.append(self._keep_in_content(target, child))
        else:
            self.unknown_child(target, node, child)
            return ""
        return ANY_ELEMENT

    def _content_text(
        self, target: Element, content: list[Any], node: Any, text: str | None, contents: Contents
    ) -> None:
        if text and not contents.text:
            self.stray_text(target, node, text)
        else:
            append_text(content, text)

    # The rest is private

    def _report_missing(self, target: Element, field: Field, node: Any) -> None:
        if self.unknown == "keep" and isinstance(field, Attribute):
            # A newer schema may do without it.
            setattr(target, field.name, UnknownText())
            preserved_of(target).append("unknown_texts", ("missing", field.xml, ""))
            return
        if isinstance(field, Choice) and self._keep_as_choice(target, field):
            return
        if not field.many:
            setattr(target, field.name, None)
        if isinstance(field, Attribute):
            code, what = "missing-attribute", f"the attribute {local_name(field.xml)!r}"
        elif isinstance(field, Text):
            code, what = "missing-text", "its text"
        else:
            code, what = "missing-element", " or ".join([f"<{local_name(tag)}>" for tag in field.tags])
        expected = map(local_name, field.tags or (field.xml,))
        self.report(node, code, f"{_shown(node)} lacks {what}", expected=expected)

    def _keep_as_choice(self, target: Element, field: Choice) -> bool:
        """Whether the field contains an unknown element that was kept, because a newer schema has more kinds."""
        preserved = target._preserved
        if preserved is None or not preserved.unknown_elements:
            return False
        (_, element), *others = preserved.unknown_elements
        setattr(target, field.name, element)
        preserved.unknown_elements = others
        preserved.append("unknown_in_content", element)
        return True

    def _with_blanks(self, node: Any) -> Any:
        if not self._full:
            assert self.document.data is not None, "a tree that a caller made has its white space"
            again = _parsed(self.document.data, self.document.file, True, is_text=self.document.is_text)
            self._full[self.document.root] = again.root
        if node not in self._full:
            around = node.getparent()
            self._full.update(zip(around, self._with_blanks(around), strict=True))
        return self._full[node]

    def _invalid(
        self, target: Element, field: Field, node: Any, text: str, irregular: Irregular, attribute: str = ""
    ) -> bool:
        """Keeps a text that a newer schema may allow, or reports it. Returns whether it has a place in the order."""
        enumeration = getattr(field.converter, "enumeration", None)
        is_kept = self.unknown == "keep" and field.converter.is_of_type(text)
        if is_kept or (self.unknown == "ignore" and enumeration is not None):
            value: str = UnknownText(text) if enumeration is None else unknown_token(enumeration, text)
            if is_kept:
                preserved_of(target).append(
                    "unknown_texts", ("value" if enumeration is None else "token", field.xml, text)
                )
            if is_kept or field.required:
                _store(target, field, value)
            return is_kept or field.required
        if getattr(target, field.name) is MISSING:
            setattr(target, field.name, None)
        reason = irregular.reason if isinstance(irregular, InvalidText) else str(irregular)
        code = "bad-value" if attribute else "bad-text"
        self.report(node, code, f"{text!r} {reason}", attribute, text, getattr(irregular, "expected", ()))
        return False

    def _not_only_text(self, node: Any) -> None:
        if self.unknown == "error":
            for name in node.attrib:
                self._unknown_attribute(node, name)
        for child in node:
            self._not_blank(node, child.tail or "")
            if not isinstance(child.tag, str):
                self._not_an_element(child)
            elif self.unknown == "error":
                self.report(child, "unknown-element", f"unknown element {_shown(child)}")

    def _not_empty(self, node: Any) -> None:
        self._not_only_text(node)
        if node.text is not None:
            self._not_blank(node, node.text)

    def _not_an_element(self, node: Any) -> None:
        """Reports an entity in a tree that the caller made. A comment or an instruction is ignored."""
        if "Entity" in str(node.tag):
            self.report(node.getparent(), "entity", f"the entity {node.text} is not declared")


def _shown(node: Any) -> str:
    return f"<{local_name(node.tag)}>"


def read_variant(
    node: Any, reader: Reader, attribute: str, readers: Mapping[str | None, Callable[[Any, Reader], T]]
) -> T:
    """Reads an element of a union. The value of `attribute` decides which function reads it."""
    read = readers.get(node.get(attribute))
    if read is None:
        text = node.get(attribute)
        read = readers.get(" ".join(text.split())) if text is not None else None
    if read is None:
        raise UnknownVariant(attribute, tuple(kind for kind in readers if kind is not None))
    return read(node, reader)


class MoreThanText(Irregular):
    """An element that the schema allows only to contain text, or nothing, also has attributes, elements or namespace
    declarations. They are preserved."""


class BlankFlag(OtherSpelling):
    """An element that should be empty contains white space."""


class UnknownVariant(Irregular):
    """No class describes an element with this value of its deciding attribute."""

    def __init__(self, attribute: str, known: tuple[str, ...]) -> None:
        super().__init__(attribute)
        self.attribute = attribute
        self.known = known


def holds(condition: Condition, target: Element) -> bool:
    match condition:
        case "same", field, value:
            return bool(getattr(target, field) == value)
        case "true", field:
            return bool(getattr(target, field))
        case "given", field:
            return getattr(target, field) is not None
        case "other", field, value:
            return getattr(target, field) not in (None, value)
        case "not", part:
            return not holds(part, target)
        case "all", *parts:
            return all(holds(part, target) for part in parts)
        case _:
            return any(holds(part, target) for part in condition[1:])


def preserved_of(target: Element) -> Preserved:
    if target._preserved is None:
        target._preserved = Preserved()
    return target._preserved


def _has_several_prefixes(node: Any) -> bool:
    """Whether a namespace in scope has several prefixes; the default namespace is not one of an attribute's."""
    namespaces = [namespace for prefix, namespace in node.nsmap.items() if prefix]
    return len(namespaces) > len(set(namespaces))


class SourcePrefixes:
    """The prefixes of attributes in documents with several prefixes for one namespace. They are read from the text,
    because lxml does not report them."""

    def __init__(self, document: Document) -> None:
        from .faults import Positions

        assert document.data is not None
        self._positions = Positions(document.data)
        self._ordinals = {node: ordinal for ordinal, node in enumerate(document.root.iter("*"))}

    def of_attributes(self, node: Any) -> dict[str, str]:
        """Returns, by the attributes' names, the prefixes for which `node` could have used another one."""
        names = [name for name in node.attrib if name[0] == "{"]
        if not names or not _has_several_prefixes(node):
            return {}
        written = dict(zip(node.keys(), self._positions.attribute_names(self._ordinals[node]), strict=False))
        return {name: written[name].partition(":")[0] for name in names if ":" in written.get(name, "")}


@cache
def _open_names(owner: type[Element], kind: type[Open | OpenAttributes]) -> Names:
    return next((field.names for field in owner._fields if isinstance(field, kind)), NO_NAME)


def _is_known(target: Element, tag: str) -> bool:
    return any(tag in field.tags for field in type(target)._fields)


def _is_flag(target: Element, tag: str) -> bool:
    return any(isinstance(field, Flag) and field.xml == tag for field in type(target)._fields)


def _field(target: Element, kind: type[Field], name: str) -> Field:
    return next(field for field in type(target)._fields if isinstance(field, kind) and field.xml == name)


def _store(target: Element, field: Field, value: object) -> None:
    if field.many:
        getattr(target, field.name).append(value)
    else:
        setattr(target, field.name, value)


def _keep_spelling(target: Element, field: Field, spelling: Spelling, value: object) -> None:
    _store(target, field, value)
    preserved_of(target).append("spellings", spelling)
