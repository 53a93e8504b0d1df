"""Strings, names, references, URIs and lists of names."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar

from ..xml.namespaces import XML_NAMESPACE
from . import names
from .datatype import LENGTHS, PATTERN, Datatype, Namespaces, Parameters, replace
from .uri import uri_fault


class Token(Datatype):
    """``token``: white space collapses, which only equality, lengths and patterns see."""

    def allows(self, text: str, namespaces: Namespaces | None = None) -> bool:
        return not self.restrictions or super().allows(text)


class String(Token):
    """``string``: white space is kept."""

    def normalise(self, text: str) -> str:
        return text


class NormalizedString(Token):
    """``normalizedString``: every white-space character counts as a space."""

    def normalise(self, text: str) -> str:
        return replace(text)


class _Lexical(Datatype):
    """A type whose texts one regular expression describes; compiled when it is first needed."""

    source: ClassVar[str]
    _fullmatch: ClassVar[Callable[[str], re.Match[str] | None] | None] = None

    @classmethod
    def match(cls, text: str) -> re.Match[str] | None:
        if cls._fullmatch is None:
            cls._fullmatch = re.compile(cls.source).fullmatch
        return cls._fullmatch(text)

    def read(self, text: str, namespaces: Namespaces | None) -> Any:
        if self.match(text) is None:
            raise ValueError(f"is not {self.noun}")
        return text


class Language(_Lexical):
    noun = "a language code such as en or pt-BR"
    source = "[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*"


class Name(_Lexical):
    noun = "an XML name"
    source = names.NAME


class NCName(_Lexical):
    """``NCName``, and the lexical side of ``ID``, ``IDREF`` and ``ENTITY``."""

    noun = "a name without a colon"
    source = names.NC_NAME


class NMTOKEN(_Lexical):
    noun = "a name token"
    source = names.NMTOKEN


class ID(NCName):
    noun = "an ID"


class IDREF(NCName):
    noun = "a reference to an ID"


class ENTITY(NCName):
    """``ENTITY``: the name of an unparsed entity that the document declares. A document with declarations is refused
    before its datatypes are looked at, so no text is of this type; Jing agrees on documents without declarations."""

    noun = "the name of an unparsed entity that the document declares"

    def read(self, text: str, namespaces: Namespaces | None) -> Any:
        raise ValueError(f"is not {self.noun}")


class _ListOf(Datatype):
    """One or more items between spaces; length facets count items."""

    unit = "item"
    item: ClassVar[type[Datatype]]

    def __init__(self, library: str, type: str, params: Parameters = ()) -> None:
        self._item = self.item(library, type.removesuffix("S"))
        super().__init__(library, type, params)

    def read(self, text: str, namespaces: Namespaces | None) -> Any:
        if not text:
            raise ValueError(f"is not {self.noun}")
        items = text.split(" ")
        for item in items:
            reason = self._item.why_not(item, namespaces)
            if reason:
                raise ValueError(f"has {item!r}, which {reason}" if len(items) > 1 else reason)
        return tuple(items)


class NMTOKENS(_ListOf):
    noun = "a list of name tokens"
    item = NMTOKEN


class IDREFS(_ListOf):
    noun = "a list of references to IDs"
    item = IDREF


class ENTITIES(_ListOf):
    noun = "a list of unparsed entities that the document declares"
    item = ENTITY


class QName(_Lexical):
    """``QName`` and ``NOTATION``; the value is namespace and local name.

    Without namespaces only the form is judged, and a prefix stands for itself. RELAX NG cannot see declarations of
    notations (Guidelines, section 3), so ``NOTATION`` is any QName.
    """

    noun = "a qualified name"
    facets = PATTERN
    uses_namespaces = True
    source = names.QUALIFIED_NAME

    def read(self, text: str, namespaces: Namespaces | None) -> Any:
        match = self.match(text)
        if match is None:
            raise ValueError(f"is not {self.noun}")
        prefix, local = match.groups()
        if prefix == "xml":
            return XML_NAMESPACE, local
        if namespaces is None:
            return prefix or "", local
        if prefix is None:
            return namespaces.get(None) or namespaces.get("", ""), local
        uri = namespaces.get(prefix)
        if not uri:
            raise ValueError(f"has the prefix {prefix!r}, which is not declared here")
        return uri, local


class AnyURI(Datatype):
    noun = "a URI"
    facets = LENGTHS | PATTERN

    def read(self, text: str, namespaces: Namespaces | None) -> Any:
        fault = uri_fault(text)
        if fault:
            raise ValueError(f"is not {self.noun}: {fault}")
        return text
