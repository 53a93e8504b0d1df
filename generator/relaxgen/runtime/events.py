"""Documents from outside as bytes and as expat reports them: encodings, limits, and what is refused."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import cache
from io import BytesIO
from itertools import chain
from typing import Any, BinaryIO, NamedTuple
from xml.parsers import expat

from .markup import SEPARATOR, TEXT_NAME, XML_NAMESPACE, etree

# Encodings of documents, from their first bytes, and from names of IANA's registry to Python's codecs.
#
# Python has more codecs and names than other XML parsers; a document with such a name would be XML here only. A
# document without a mark is in a relative of ASCII, of UTF-16, UTF-32 or EBCDIC, as its first characters show (XML 1.0,
# appendix F); the name that it declares has to be one of the same family.


_NAMES = """
utf-8: utf-8 utf8 csutf8
ascii: us-ascii ascii iso646-us ansi_x3.4-1968 ansi_x3.4-1986 iso_646.irv:1991 us ibm367 cp367 csascii
utf-16: utf-16 csutf16 iso-10646-ucs-2 csunicode
utf-16-be: utf-16be csutf16be
utf-16-le: utf-16le csutf16le
utf-32: utf-32 csutf32 iso-10646-ucs-4 csucs4
utf-32-be: utf-32be csutf32be
utf-32-le: utf-32le csutf32le
iso8859-#: iso-8859-# iso_8859-# | 1 2 3 4 5 6 7 8 9 14 15 16
iso8859-1: iso_8859-1:1987 iso-ir-100 latin1 l1 ibm819 cp819 csisolatin1
iso8859-2: iso_8859-2:1987 iso-ir-101 latin2 l2 csisolatin2
iso8859-3: iso_8859-3:1988 iso-ir-109 latin3 l3 csisolatin3
iso8859-4: iso_8859-4:1988 iso-ir-110 latin4 l4 csisolatin4
iso8859-5: iso_8859-5:1988 iso-ir-144 cyrillic csisolatincyrillic
iso8859-6: iso_8859-6:1987 iso-ir-127 arabic ecma-114 asmo-708 csisolatinarabic
iso8859-7: iso_8859-7:1987 iso-ir-126 greek greek8 elot_928 ecma-118 csisolatingreek
iso8859-8: iso_8859-8:1988 iso-ir-138 hebrew csisolatinhebrew
iso8859-9: iso_8859-9:1989 iso-ir-148 latin5 l5 csisolatin5
iso8859-10: iso-8859-10 iso_8859-10:1992 iso-ir-157 latin6 l6 csisolatin6
iso8859-11: tis-620 cstis620 iso-8859-11
iso8859-13: iso-8859-13 csiso885913
iso8859-14: iso_8859-14:1998 iso-ir-199 latin8 l8 iso-celtic csiso885914
iso8859-15: latin-9 csiso885915
iso8859-16: iso_8859-16:2001 iso-ir-226 latin10 l10 csiso885916
cp#: windows-# cswindows# | 874 1250 1251 1252 1253 1254 1255 1256 1257 1258
koi8-r: koi8-r cskoi8r
koi8-u: koi8-u cskoi8u
mac-roman: macintosh mac csmacintosh
kz1048: kz-1048 strk1048-2002 rk1048 cskz1048
cp#: ibm# cp# csibm# | 037 273 424 500 855 857 860 861 863 864 865 866 869 1026
cp437: ibm437 cp437 cspc8codepage437
cp775: ibm775 cp775 cspc775baltic
cp850: ibm850 cp850 cspc850multilingual
cp852: ibm852 cp852 cspcp852
cp858: ibm00858 ccsid00858 cp00858 pc-multilingual-850+euro csibm00858
cp861: cp-is
cp862: ibm862 cp862 cspc862latinhebrew
cp869: cp-gr
cp037: ebcdic-cp-us ebcdic-cp-ca ebcdic-cp-wt ebcdic-cp-nl
cp424: ebcdic-cp-he
cp500: ebcdic-cp-be ebcdic-cp-ch
cp1140: ibm01140 ccsid01140 cp01140 ebcdic-us-37+euro csibm01140
euc-jp: euc-jp extended_unix_code_packed_format_for_japanese cseucpkdfmtjapanese
shift-jis: shift_jis ms_kanji csshiftjis
cp932: windows-31j cswindows31j
iso2022-jp: iso-2022-jp csiso2022jp
iso2022-jp-2: iso-2022-jp-2 csiso2022jp2
euc-kr: euc-kr cseuckr
iso2022-kr: iso-2022-kr csiso2022kr
gb2312: gb2312 csgb2312
gbk: gbk cp936 ms936 windows-936 csgbk
gb18030: gb18030 csgb18030
big5: big5 csbig5
big5hkscs: big5-hkscs csbig5hkscs
"""
"""Codecs, and the names in the registry (https://www.iana.org/assignments/character-sets); behind a bar what ``#``
stands for. ``utf8`` is not one of the names, but every parser takes it."""

_EBCDIC = "cp037"
_STARTS = (
    # The longer byte order marks come first: that of UTF-32-LE begins with that of UTF-16-LE.
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF8, "utf-8"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0<", "utf-16-be"),
    (b"<\0", "utf-16-le"),
    ("<?xml".encode(_EBCDIC), _EBCDIC),
)
_OF_DECLARATIONS = "<>?/=\"' .-0123456789:_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
"""These characters all relatives of ASCII, and all of EBCDIC, have in the same places."""
_DECLARATION = re.compile(
    r"\ufeff?\s*<\?xml\s+version\s*=\s*(?P<quote>[\"'])(?P<version>[^\"'<]*)(?P=quote)"
    r"(?:\s+encoding\s*=\s*(?P<quote2>[\"'])(?P<encoding>[A-Za-z0-9._:+-]*)(?P=quote2))?"
)
LONGEST_DECLARATION = 1024
_VERSION = re.compile(r"1\.[0-9]+")


class Unreadable(ValueError):
    """The document is not well-formed, or something that we refuse. ``code`` is the fault's code; ``name`` is the
    document's, where it could not even become a `Source`."""

    def __init__(self, code: str, message: str, line: int = 0, column: int = 0, name: str = "") -> None:
        super().__init__(message)
        self.name = name
        self.code = code
        self.message = message
        self.line = line
        self.column = column


class Malformed(Unreadable):
    """What expat reports: it has the right place, and libxml2 better words."""


def _not_well_formed(message: str, line: int, column: int) -> Unreadable:
    return Unreadable("malformed", f"not well-formed XML: {message}", line, column)


def encoding_of(data: bytes) -> str:
    """Returns the codec of a document, by its first bytes; UTF-8 if they show none. It is the codec for the bytes after
    a byte order mark: decoding with it keeps the mark.

    Raises:
        Unreadable: the document declares another version of XML, an encoding that only Python knows, or one
            that contradicts its first characters.
    """
    # None for relatives of ASCII without a mark.
    family = next((encoding for start, encoding in _STARTS if data.startswith(start)), None)
    declared = _DECLARATION.match(data[:LONGEST_DECLARATION].decode(family or "latin-1", "replace"))
    if declared is not None and not _VERSION.fullmatch(declared["version"]):
        raise _unknown(declared, "version", f"version {declared['version']!r} of XML is not known; it is 1.0")
    if declared is None or declared["encoding"] is None:
        return family or "utf-8"
    codec = _codec(declared)
    if family in (None, _EBCDIC):
        if _OF_DECLARATIONS.encode(family or "ascii").decode(codec, "replace") != _OF_DECLARATIONS:
            raise _unknown(declared, "encoding", f"the document is not in its encoding {declared['encoding']!r}")
        return codec
    return family  # which the mark, or the width of the first character, leaves no doubt about


def _unknown(declared: re.Match[str], part: str, message: str) -> Unreadable:
    before = declared.string[: declared.start(part)].removeprefix("\ufeff")
    return _not_well_formed(message, before.count("\n") + 1, len(before) - before.rfind("\n"))


def _codec(declared: re.Match[str]) -> str:
    name = declared["encoding"]
    codec = _codecs().get(name.lower())
    if codec is None:
        try:
            same = codecs.lookup(name).name
        except (LookupError, ValueError):
            same = ""
        hint = next((known for known, codec in _codecs().items() if codecs.lookup(codec).name == same), "")
        tail = f" (did you mean {hint!r}?)" if hint else ""
        raise _unknown(declared, "encoding", f"the encoding {name!r} is not known{tail}")
    return codec


@cache
def _codecs() -> Mapping[str, str]:
    found = {}
    for row in _NAMES.strip().splitlines():
        codec, _, names = row.partition(": ")
        names, _, numbers = names.partition(" | ")
        for number in numbers.split() or ("#",):
            found.update(dict.fromkeys(names.replace("#", number).split(), codec.replace("#", number)))
    return found


def _decoded(chunks: Iterator[bytes], encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    # EBCDIC has a line end of its own, which other parsers read as one.
    is_ebcdic = "<".encode(encoding) == "<".encode(_EBCDIC)
    for chunk in chunks:
        text = decoder.decode(chunk)
        yield text.replace("\x85", "\n") if is_ebcdic else text
    yield decoder.decode(b"", True)


def in_utf8(data: bytes) -> bytes:
    """Raises as `chunks_in_utf8`."""
    return b"".join(chunks_in_utf8(data, iter((data,))))


def chunks_in_utf8(head: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """A document in UTF-8, without a byte order mark; ``head`` is its beginning.

    Raises:
        Unreadable: its encoding is unknown; later, while the bytes are read, also if it is not in its encoding.
    """
    encoding = encoding_of(head)
    if encoding != "utf-8":
        chunks = _transcoded(chunks, encoding)
    yield next(chunks, b"").removeprefix(codecs.BOM_UTF8)
    yield from chunks


def _transcoded(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """The same in UTF-8. Raises as `chunks_in_utf8`."""
    line = 1
    try:
        for text in _decoded(chunks, encoding):
            yield text.encode("utf-8")
            line += text.count("\n")
    except UnicodeError as error:
        if isinstance(error, UnicodeDecodeError):
            line += error.object[: error.start].decode(encoding, "replace").count("\n")
        raise _not_well_formed(f"the document is not in its encoding {encoding!r}", line, 1) from None


# Documents from outside, as expat reports them: encodings, limits, and what is refused.
#
# Nothing outside the document is ever loaded. A DOCTYPE is tolerated, one that declares anything in its internal subset
# is refused, and so is every reference to an entity that XML does not predefine.

MAXIMUM_DEPTH = 10_000
MAXIMUM_TEXT = 10_000_000
"""So many characters one attribute, or the text between two tags, may have; libxml2 has the same limit."""

MAXIMUM_TOKEN = 50_000_000
"""So many bytes one tag or comment may have: expat holds it in memory."""

CHUNK = 1 << 16

SMALL_FILE = 1 << 22
"""So many bytes are read at once where that is faster."""

_OF_EXPAT = {"utf-8": "utf-8", "ascii": "us-ascii", "iso8859-1": "iso-8859-1", "utf-16-be": None, "utf-16-le": None}
START_TAG = re.compile(rb"<[^<>\"']*(?:(?:\"[^\"]*\"|'[^']*')[^<>\"']*)*>")
_REFERENCE = re.compile(rb"&(?!(?:lt|gt|amp|apos|quot|#[0-9]+|#x[0-9A-Fa-f]+);)")


class Source(NamedTuple):
    """A document that can be read more than once. ``name`` is what messages call it. ``is_text``: it was a `str`, so an
    encoding that it declares means nothing; ``text`` is that text, to be encoded in pieces. ``data`` are the bytes, if
    they are at hand, ``path`` is where a file is. ``element`` is the lxml element that it was made from."""

    name: str
    open: Callable[[], AbstractContextManager[BinaryIO]]
    is_text: bool = False
    element: Any = None
    text: str | None = None
    data: bytes | None = None
    path: str = ""


def at_once(source: Source) -> str | bytes | None:
    """All of a document that is in memory or in a small file; None for others."""
    if source.text is not None:
        return source.text
    if source.data is not None or not source.path:
        return source.data
    try:
        # A pipe could be read only once.
        if not os.path.isfile(source.path) or os.path.getsize(source.path) > SMALL_FILE:  # noqa: PTH113, PTH202
            return None
        with source.open() as file:
            return file.read(SMALL_FILE)
    except (OSError, ValueError):
        return None


def source_of(document: Any, name: str = "") -> Source:
    """`document` is XML text or bytes, a path, an open file, an lxml element or tree, or a source; a `str` is never a
    path.

    Raises:
        TypeError: the document is nothing that can hold XML.
    """
    if isinstance(document, Source):
        return document
    if hasattr(document, "read"):
        name = name or str(getattr(document, "name", "") or "")
        document = document.read()
    element = None
    if hasattr(document, "getroot") or isinstance(getattr(document, "tag", None), str):
        element = document.getroot() if hasattr(document, "getroot") else document
        name = name or element.getroottree().docinfo.URL or ""
        document = etree.tostring(element, encoding="utf-8", with_tail=False)
    if isinstance(document, os.PathLike):
        path = os.fsdecode(document)
        # Importing pathlib costs more than reading a document.
        return Source(name or path, lambda: open(path, "rb"), path=path)  # noqa: PTH123
    name = name or TEXT_NAME
    if isinstance(document, str):
        if "<" not in document and document.strip():
            message = "this text is not XML; to read a file, pass a pathlib.Path"
            raise Unreadable("malformed", message, 1, 1, name)
        return Source(name, lambda: BytesIO(document.encode("utf-8", "replace")), is_text=True, text=document)
    if isinstance(document, (bytes, bytearray, memoryview)):
        data = bytes(document)
        return Source(name, lambda: BytesIO(data), element=element, data=data)
    raise TypeError(f"cannot read XML from {type(document).__name__}")


def _encoded(text: str) -> Iterator[bytes]:
    """A text in UTF-8, in pieces.

    Raises:
        Unreadable: while it is read, where it has a lone surrogate.
    """
    for start in range(0, len(text), CHUNK):
        try:
            yield text[start : start + CHUNK].encode("utf-8")
        except UnicodeEncodeError as error:
            before = text[: start + error.start]
            line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
            raise _not_well_formed("a lone surrogate is not a character", line, column) from None


class Reader:
    """One expat parser over one source; the caller sets the handlers for content on ``parser``.

    ``allow_entities``: internal entities are expanded, within the bounds of expat's protection against amplification.
    """

    def __init__(self, *, allow_entities: bool = False) -> None:
        self._allow_entities = allow_entities
        self._start: Any = None
        self.parser: Any = None

    def prepare(self, encoding: str | None) -> Any:
        parser = self.parser = expat.ParserCreate(encoding, SEPARATOR)
        parser.ordered_attributes = True
        parser.ExternalEntityRefHandler = self._external
        parser.SkippedEntityHandler = self._skipped
        parser.StartDoctypeDeclHandler = self._doctype
        if not self._allow_entities:
            parser.EntityDeclHandler = self._refuse
            parser.AttlistDeclHandler = self._refuse
            parser.ElementDeclHandler = self._refuse
            parser.NotationDeclHandler = self._refuse
        return parser

    def _external(self, *_names: object) -> int:
        self.refuse("entity", "an external entity is not loaded")
        return 0

    def _skipped(self, name: str, is_parameter: bool) -> None:
        if not is_parameter:
            self.refuse("entity", f"the entity {name!r} is not declared in the document")

    def _doctype(self, _name: str, system: str | None, _public: str | None, _has_subset: bool) -> None:
        """What an external subset might declare expat leaves out silently in attributes; so they are looked at."""
        if system is not None:
            self._start = self.parser.StartElementHandler
            self.parser.StartElementHandler = self._start_checked

    def _start_checked(self, name: str, attributes: Any) -> None:
        tag = START_TAG.match(self.parser.GetInputContext() or b"")
        if tag is not None and _REFERENCE.search(tag[0]):
            self.refuse("entity", "an attribute refers to an entity that is not declared in the document")
        self._start(name, attributes)

    def _refuse(self, *_declaration: object) -> None:
        self.refuse("doctype", "a document type declaration with declarations of its own is refused")

    def refuse(self, code: str, message: str) -> None:
        """Raises:
        Unreadable: with the place where expat is.
        """
        raise Unreadable(code, message, *self.place())

    def limit_text(self, what: str, size: int) -> None:
        if size > MAXIMUM_TEXT:
            self.refuse("limit", f"{what} has more than {MAXIMUM_TEXT:,} characters")

    def limit_depth(self, depth: int, most: int = MAXIMUM_DEPTH) -> None:
        if depth > most:
            self.refuse("limit", f"elements are nested deeper than {most:,}")

    def read(self, between: Callable[[], None], chunks: Iterator[bytes]) -> None:
        """Feeds a document to the parser; `between` is called now and then.

        Raises:
            Unreadable: what a handler raises passes, too.
        """
        for piece in self.pieces(chunks):
            self.feed(piece)
            between()
        self.feed(b"", is_last=True)

    def feed(self, piece: bytes, *, is_last: bool = False) -> None:
        """Raises as `read`."""
        try:
            self.parser.Parse(piece, is_last)
        except expat.ExpatError as error:
            message = f"not well-formed XML: {expat.ErrorString(error.code)}"
            raise Malformed("malformed", message, *self.place()) from None

    def pieces(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """The chunks, together as long as they are shorter than the token that expat has not seen the end of: it begins
        anew with that for each piece, or leaves the piece unread.

        Raises:
            Unreadable: a token is too long.
        """
        waiting: list[bytes] = []
        given = size = 0
        for chunk in chunks:
            waiting.append(chunk)
            size += len(chunk)
            unfinished = given - max(self.parser.CurrentByteIndex, 0)
            if unfinished > MAXIMUM_TOKEN:
                self.refuse("limit", f"a tag or a comment has more than {MAXIMUM_TOKEN:,} bytes")
            if size >= unfinished:
                given += size
                yield b"".join(waiting)
                waiting, size = [], 0
        yield b"".join(waiting)

    def place(self) -> tuple[int, int]:
        """Line and column, from 1, of where expat is."""
        return self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1


class Scope:
    """The namespace declarations in scope while expat reads."""

    def __init__(self, parser: Any) -> None:
        self.namespaces: Mapping[str | None, str] = {"xml": XML_NAMESPACE}
        self._outer: list[Mapping[str | None, str]] = []
        parser.StartNamespaceDeclHandler = self._declare
        parser.EndNamespaceDeclHandler = self._leave

    def _declare(self, prefix: str | None, uri: str | None) -> None:
        self._outer.append(self.namespaces)
        self.namespaces = {**self.namespaces, prefix: uri or ""}

    def _leave(self, _prefix: str | None) -> None:
        self.namespaces = self._outer.pop()


def chunks_of(source: Source) -> tuple[str | None, Iterator[bytes]]:
    """Returns the encoding for expat (None for the declared one), and the bytes.

    Raises:
        Unreadable: the document cannot be opened, or its encoding is unknown; later, while the bytes are read, also
            where it is not in its encoding.
    """
    if source.text is not None:
        return "utf-8", _encoded(source.text)
    chunks = _read(source)
    head = next(chunks, b"")
    whole = chain((head,), chunks)
    if source.is_text:
        return "utf-8", whole
    for_expat, encoding = known_encoding(head)
    return for_expat, whole if encoding is None else _transcoded(whole, encoding)


def check(source: Source) -> None:
    """Reads a document for nothing but its faults.

    Raises:
        Unreadable: it is not well-formed, or declares something, or refers to an entity of an external DTD.
    """
    reader = Reader()
    encoding, chunks = chunks_of(source)
    reader.prepare(encoding).StartElementHandler = lambda _name, _attributes: None
    reader.read(lambda: None, chunks)


def _read(source: Source) -> Iterator[bytes]:
    try:
        with source.open() as file:
            while chunk := file.read(CHUNK):
                yield chunk
    except OSError as error:
        raise Unreadable("unreadable", f"cannot be read: {error.strerror or error}") from None
    except UnicodeEncodeError as error:
        raise _not_well_formed(error.reason, 0, 0) from None


def known_encoding(head: bytes) -> tuple[str | None, str | None]:
    """Returns the encoding for expat (None for UTF-16, whose byte order expat finds), and the encoding to decode first,
    because expat does not know it.

    Raises:
        Unreadable: the encoding is unknown.
    """
    encoding = encoding_of(head)
    return (_OF_EXPAT[encoding], None) if encoding in _OF_EXPAT else ("utf-8", encoding)


def as_utf8(data: bytes) -> bytes:
    """The same document in UTF-8 without a byte order mark. What cannot be decoded is replaced, not refused: whether
    a document is well-formed is for its parser to say."""
    try:
        encoding = encoding_of(data)
    except Unreadable:
        encoding = "utf-8"
    if encoding in ("utf-8", "ascii"):
        return data.removeprefix(codecs.BOM_UTF8)
    return data.decode(encoding, "replace").removeprefix("\ufeff").encode("utf-8", "replace")
