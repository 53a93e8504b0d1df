"""Encodings of documents: what the first bytes tell, and the names of IANA's registry → codecs of Python.

Python knows many more codecs, and many names that nobody else knows; such a document would be XML here only. A document
without a mark is in a relative of ASCII, of UTF-16, UTF-32 or EBCDIC, as its first characters show (XML 1.0, appendix
F); the name that it declares has to be one of the same family.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from functools import cache

_NAMES = """
utf-8: utf-8 utf8 csutf8
ascii: us-ascii ascii iso646-us ansi_x3.4-1968 ansi_x3.4-1986 iso_646.irv:1991 us ibm367 cp367 csascii
utf-16: utf-16 csutf16 iso-10646-ucs-2 csunicode
utf-16-be: utf-16be csutf16be
utf-16-le: utf-16le csutf16le
utf-32: utf-32 csutf32 iso-10646-ucs-4 csucs4
utf-32-be: utf-32be csutf32be
utf-32-le: utf-32le csutf32le
iso8859-1: iso-8859-1 iso_8859-1:1987 iso_8859-1 iso-ir-100 latin1 l1 ibm819 cp819 csisolatin1
iso8859-2: iso-8859-2 iso_8859-2:1987 iso_8859-2 iso-ir-101 latin2 l2 csisolatin2
iso8859-3: iso-8859-3 iso_8859-3:1988 iso_8859-3 iso-ir-109 latin3 l3 csisolatin3
iso8859-4: iso-8859-4 iso_8859-4:1988 iso_8859-4 iso-ir-110 latin4 l4 csisolatin4
iso8859-5: iso-8859-5 iso_8859-5:1988 iso_8859-5 iso-ir-144 cyrillic csisolatincyrillic
iso8859-6: iso-8859-6 iso_8859-6:1987 iso_8859-6 iso-ir-127 arabic ecma-114 asmo-708 csisolatinarabic
iso8859-7: iso-8859-7 iso_8859-7:1987 iso_8859-7 iso-ir-126 greek greek8 elot_928 ecma-118 csisolatingreek
iso8859-8: iso-8859-8 iso_8859-8:1988 iso_8859-8 iso-ir-138 hebrew csisolatinhebrew
iso8859-9: iso-8859-9 iso_8859-9:1989 iso_8859-9 iso-ir-148 latin5 l5 csisolatin5
iso8859-10: iso-8859-10 iso_8859-10:1992 iso-ir-157 latin6 l6 csisolatin6
iso8859-11: tis-620 cstis620 iso-8859-11
iso8859-13: iso-8859-13 csiso885913
iso8859-14: iso-8859-14 iso_8859-14:1998 iso_8859-14 iso-ir-199 latin8 l8 iso-celtic csiso885914
iso8859-15: iso-8859-15 iso_8859-15 latin-9 csiso885915
iso8859-16: iso-8859-16 iso_8859-16:2001 iso_8859-16 iso-ir-226 latin10 l10 csiso885916
cp1250: windows-1250 cswindows1250
cp1251: windows-1251 cswindows1251
cp1252: windows-1252 cswindows1252
cp1253: windows-1253 cswindows1253
cp1254: windows-1254 cswindows1254
cp1255: windows-1255 cswindows1255
cp1256: windows-1256 cswindows1256
cp1257: windows-1257 cswindows1257
cp1258: windows-1258 cswindows1258
cp874: windows-874 cswindows874
koi8-r: koi8-r cskoi8r
koi8-u: koi8-u cskoi8u
mac-roman: macintosh mac csmacintosh
kz1048: kz-1048 strk1048-2002 rk1048 cskz1048
cp437: ibm437 cp437 cspc8codepage437
cp775: ibm775 cp775 cspc775baltic
cp850: ibm850 cp850 cspc850multilingual
cp852: ibm852 cp852 cspcp852
cp855: ibm855 cp855 csibm855
cp857: ibm857 cp857 csibm857
cp858: ibm00858 ccsid00858 cp00858 pc-multilingual-850+euro csibm00858
cp860: ibm860 cp860 csibm860
cp861: ibm861 cp861 cp-is csibm861
cp862: ibm862 cp862 cspc862latinhebrew
cp863: ibm863 cp863 csibm863
cp864: ibm864 cp864 csibm864
cp865: ibm865 cp865 csibm865
cp866: ibm866 cp866 csibm866
cp869: ibm869 cp869 cp-gr csibm869
cp037: ibm037 cp037 ebcdic-cp-us ebcdic-cp-ca ebcdic-cp-wt ebcdic-cp-nl csibm037
cp273: ibm273 cp273 csibm273
cp424: ibm424 cp424 ebcdic-cp-he csibm424
cp500: ibm500 cp500 ebcdic-cp-be ebcdic-cp-ch csibm500
cp1026: ibm1026 cp1026 csibm1026
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
"""Codecs, and the names in the registry (https://www.iana.org/assignments/character-sets). ``utf8`` is none of them,
but every parser takes it."""

# The longer byte order marks come first: that of UTF-32-LE begins with that of UTF-16-LE.
SIGNATURES = (
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF8, "utf-8"),
)
_EBCDIC = "cp037"
_UNMARKED = (
    (re.compile(rb"\x00\x00\x00<"), "utf-32-be"),
    (re.compile(rb"<\x00\x00\x00"), "utf-32-le"),
    (re.compile(rb"\x00<"), "utf-16-be"),
    (re.compile(rb"<\x00"), "utf-16-le"),
    (re.compile(re.escape("<?xml".encode(_EBCDIC))), _EBCDIC),
)
_DECLARATION = re.compile(
    r"\ufeff?\s*<\?xml\s+version\s*=\s*(?P<quote>[\"'])(?P<version>[^\"'<]*)(?P=quote)"
    r"(?:\s+encoding\s*=\s*(?P<quote2>[\"'])(?P<encoding>[A-Za-z0-9._:+-]*)(?P=quote2))?"
)
_LONGEST_DECLARATION = 1024
_VERSION = re.compile(r"1\.[0-9]+")


class UnknownEncoding(Exception):
    """The declaration of a document says something that we cannot follow; the text says what."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


def encoding_of(data: bytes) -> str:
    """The codec for a document, told by its first bytes; UTF-8 where they tell none. It stands for the bytes behind a
    byte order mark: decoding by it keeps the mark.

    Raises:
        UnknownEncoding: the document declares another version of XML, or an encoding that nobody else knows, or one
            that its first characters are not in.
    """
    family = _family(data)
    declared = _DECLARATION.match(data[:_LONGEST_DECLARATION].decode(family or "latin-1", "replace"))
    if declared is None:
        return family or "utf-8"
    if not _VERSION.fullmatch(declared["version"]):
        raise _unknown(declared, "version", f"version {declared['version']!r} of XML is not known; it is 1.0")
    if declared["encoding"] is None:
        return family or "utf-8"
    codec = _codec(declared)
    if family in (None, _EBCDIC):
        if _relatives_of(family).decode(codec, "replace") != _relatives_of(family).decode(family or "ascii"):
            raise _unknown(declared, "encoding", f"the document is not in its encoding {declared['encoding']!r}")
        return codec
    return family  # which the mark, or the width of the first character, leaves no doubt about


def _unknown(declared: re.Match[str], part: str, message: str) -> UnknownEncoding:
    before = declared.string[: declared.start(part)].removeprefix("\ufeff")
    return UnknownEncoding(message, before.count("\n") + 1, len(before) - before.rfind("\n"))


def _family(data: bytes) -> str | None:
    """None for relatives of ASCII without a mark."""
    for mark, encoding in SIGNATURES:
        if data.startswith(mark):
            return encoding
    return next((encoding for expression, encoding in _UNMARKED if expression.match(data)), None)


def _codec(declared: re.Match[str]) -> str:
    name = declared["encoding"]
    codec = _codecs().get(name.lower())
    if codec is None:
        hint = next((known for known in _names_of(name) if known in _codecs()), "")
        tail = f" (did you mean {hint!r}?)" if hint else ""
        raise _unknown(declared, "encoding", f"the encoding {name!r} is not known{tail}")
    return codec


def _names_of(name: str) -> Iterator[str]:
    """Names in the registry for the codec that Python knows by this name."""
    try:
        wanted = codecs.lookup(name).name
    except (LookupError, ValueError):
        return
    yield from (known for known, codec in _codecs().items() if codecs.lookup(codec).name == wanted)


@cache
def _codecs() -> Mapping[str, str]:
    rows = (row.partition(": ") for row in _NAMES.strip().splitlines())
    return {name: codec for codec, _, names in rows for name in names.split()}


@cache
def _relatives_of(family: str | None) -> bytes:
    """The characters of a declaration, which all relatives have in the same places."""
    text = "<>?/=\"' .-0123456789:_" + "".join(map(chr, (*range(0x41, 0x5B), *range(0x61, 0x7B))))
    return text.encode(family or "ascii")


def decoded(chunks: Iterator[bytes], encoding: str) -> Iterator[str]:
    """Raises:
    UnicodeError: while it is read, where the document is not in its encoding.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    # EBCDIC has a line end of its own, which other parsers read as one.
    is_ebcdic = "<".encode(encoding) == "<".encode(_EBCDIC)
    for chunk in chunks:
        text = decoder.decode(chunk)
        yield text.replace("\x85", "\n") if is_ebcdic else text
    yield decoder.decode(b"", True)


def in_utf8(data: bytes, encoding: str) -> bytes:
    """A whole document, without a byte order mark.

    Raises:
        UnknownEncoding: it is not in its encoding.
    """
    try:
        return "".join(decoded(iter((data,)), encoding)).removeprefix("\ufeff").encode("utf-8")
    except UnicodeError:
        raise UnknownEncoding(f"the document is not in its encoding {encoding!r}", 1, 1) from None
