"""Datatypes: the texts that each allows, which texts have the same value, and the words for messages.

A `Datatype` is made once for each ``data`` or ``value`` pattern (see `create`), with its parameters. Its methods
take unchanged texts of a document; they treat white space as the type requires (XML Schema Datatypes 4.3.6).
"""

from __future__ import annotations

import re
import struct
from base64 import b64decode
from collections.abc import Callable, Hashable, Mapping, Sequence
from decimal import Decimal
from importlib import import_module
from math import inf, isnan, nan
from typing import Any, ClassVar, Protocol

from .markup import BUILT_IN, DTD_COMPATIBILITY, XML_NAMESPACE, XML_SCHEMA

# The parameters of XML Schema's datatypes: facets (XML Schema Datatypes 4.3), each a check with its words.
#
# ``enumeration`` and ``whiteSpace`` are no parameters in RELAX NG (Guidelines for using W3C XML Schema Datatypes with
# RELAX NG, section 2): the one is a choice of ``value``, the other belongs to the type.

SHOWN_PATTERN = 60
"""A message shows at most this many characters of a pattern."""


class WrongDatatype(ValueError):
    """A datatype does not exist."""


class WrongParameter(ValueError):
    """A parameter does not exist, does not apply, or has no right value. ``index`` counts parameters from 0."""

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(reason)
        self.index = index
        self.reason = reason

    def __reduce__(self) -> tuple[type[WrongParameter], tuple[int, str]]:
        return WrongParameter, (self.index, self.reason)


class Measured(Protocol):
    """What facets need of a datatype."""

    unit: ClassVar[str]

    def normalise(self, text: str) -> str: ...

    def measure(self, value: Any) -> int: ...

    def compare(self, value: Any, other: Any) -> int | None: ...

    def checked_limit(self, text: str) -> Any: ...


class Facet:
    """One restriction. ``reason`` says what a refused text must be; ``description`` follows the type's noun."""

    __slots__ = ("allows", "description", "limit", "name", "reason")

    def __init__(
        self, name: str, limit: Any, allows: Callable[[str, Any], bool], reason: str, description: str
    ) -> None:
        self.name = name
        self.limit = limit
        self.allows = allows
        self.reason = reason
        self.description = description


def length(datatype: Measured, name: str, value: str) -> Facet:
    """``length``, ``minLength`` and ``maxLength``."""
    limit = _count(name, value)
    measure = datatype.measure
    checks: dict[str, Callable[[str, Any], bool]] = {
        "length": lambda _, value: measure(value) == limit,
        "minLength": lambda _, value: measure(value) >= limit,
        "maxLength": lambda _, value: measure(value) <= limit,
    }
    amount = f"{_LENGTH_WORDS[name]}{limit} {datatype.unit}{'' if limit == 1 else 's'}"
    return Facet(name, limit, checks[name], f"must have {amount}", f"of {amount}")


_LENGTH_WORDS = {"length": "", "minLength": "at least ", "maxLength": "at most "}


def bound(datatype: Measured, name: str, value: str) -> Facet:
    """``minInclusive``, ``minExclusive``, ``maxInclusive`` and ``maxExclusive``."""
    try:
        limit = datatype.checked_limit(value)
    except ValueError as error:
        raise ValueError(f"{name} {value!r} {error}") from None
    compare = datatype.compare

    def not_less(_: str, value: Any) -> bool:
        order = compare(value, limit)
        return order is not None and order >= 0

    def not_more(_: str, value: Any) -> bool:
        order = compare(value, limit)
        return order is not None and order <= 0

    def more(_: str, value: Any) -> bool:
        order = compare(value, limit)
        return order is not None and order > 0

    def less(_: str, value: Any) -> bool:
        order = compare(value, limit)
        return order is not None and order < 0

    checks = {"minInclusive": not_less, "maxInclusive": not_more, "minExclusive": more, "maxExclusive": less}
    words = f"{_BOUND_WORDS[name]} {datatype.normalise(value)}"
    return Facet(name, limit, checks[name], f"must be {words}", words)


_BOUND_WORDS = {
    "minInclusive": "at least",
    "maxInclusive": "at most",
    "minExclusive": "more than",
    "maxExclusive": "less than",
}


def digits(datatype: Measured, name: str, value: str) -> Facet:
    """``totalDigits`` and ``fractionDigits``; both count the digits of the number, not of its spelling, so that
    ``1.20`` has one digit after the point."""
    limit = _count(name, value)
    if name == "totalDigits" and not limit:
        raise ValueError(f"totalDigits must be at least 1, not {value!r}")
    if name == "totalDigits":
        amount = f"at most {limit} digit{'' if limit == 1 else 's'}"
        return Facet(
            name, limit, lambda _, number: _total_digits(number) <= limit, f"must have {amount}", f"of {amount}"
        )
    amount = f"at most {limit} digit{'' if limit == 1 else 's'} after the point"
    return Facet(
        name, limit, lambda _, number: _fraction_digits(number) <= limit, f"must have {amount}", f"of {amount}"
    )


def _total_digits(number: int | Decimal) -> int:
    """Digits without those zeros that only place the point: 1 for 0.003, 3 for 120."""
    whole, fraction = _digits(number)
    return max(1, len((whole + fraction).lstrip("0")))


def _fraction_digits(number: int | Decimal) -> int:
    return len(_digits(number)[1])


def _digits(number: int | Decimal) -> tuple[str, str]:
    whole, _, fraction = format(Decimal(number), "f").lstrip("-").partition(".")
    return whole, fraction.rstrip("0")


def pattern(datatype: Measured, name: str, value: str, noun: str = "", written: str | None = None) -> Facet:
    """``pattern``, compiled when it is first needed: a vocabulary holds hundreds, a document needs a few. ``noun`` and
    ``written`` are as in `Parameters`."""
    fullmatch: Callable[[str], object] | None = None

    def matches(text: str, _: Any) -> bool:
        nonlocal fullmatch
        # By its name: a package without patterns does not carry the module.
        match = fullmatch or import_module(".expression", __package__).matcher(value)
        fullmatch = match
        return bool(match(text))

    shown = value if written is None else written
    shown = shown if len(shown) <= SHOWN_PATTERN else shown[:SHOWN_PATTERN] + "…"
    reason = f"does not match {shown}"
    if noun:
        reason = f"is not {noun}: it {reason}" if shown else f"is not {noun}"
    return Facet(name, value, matches, reason, f"matching {shown}" if shown else "")


def _count(name: str, value: str) -> int:
    """A nonNegativeInteger; leading zeros, a plus sign and white space around are allowed."""
    text = value.strip(" \t\n\r")
    if not re.fullmatch(r"\+?[0-9]+|-0+", text) or len(text) > 1000:
        raise ValueError(f"{name} must be a whole number of at least 0, not {value!r}")
    return int(text)


Namespaces = Mapping[str | None, str]
"""Prefixes in scope and their URIs, None for the default namespace: the context of QName and NOTATION."""

Parameters = Sequence[tuple[str, ...]]
"""Names and values of a ``data`` pattern's ``param`` elements, in order; a pattern is Python's, already translated. Two
more are for messages: what the texts are, «a MAC address», empty if unknown, and the pattern as its author
wrote it, left out where Python's is the same, empty where it need not be shown."""

REMEMBERED_TEXTS = 2048
REMEMBERED_LENGTH = 64
"""Verdicts are kept for so many texts of at most this length, for each datatype: documents repeat themselves."""

_MAKERS: dict[str, Callable[..., Facet]] = {
    "length": length,
    "minLength": length,
    "maxLength": length,
    "minInclusive": bound,
    "minExclusive": bound,
    "maxInclusive": bound,
    "maxExclusive": bound,
    "totalDigits": digits,
    "fractionDigits": digits,
    "pattern": pattern,
}

LENGTHS = frozenset({"length", "minLength", "maxLength"})
BOUNDS = frozenset({"minInclusive", "minExclusive", "maxInclusive", "maxExclusive"})
DIGITS = frozenset({"totalDigits", "fractionDigits"})
PATTERN = frozenset({"pattern"})


def collapse(text: str) -> str:
    """White space as ``collapse`` wants it; only XML's four characters count."""
    if text.isprintable() and " " not in text:
        return text
    return " ".join(part for part in text.translate(_TO_SPACE).split(" ") if part)


def replace(text: str) -> str:
    """White space as ``replace`` wants it."""
    return text.translate(_TO_SPACE)


_TO_SPACE = {ord(character): " " for character in "\t\n\r"}


class Datatype:
    """A named type of a library, restricted by parameters.

    Subclasses say what the type is: `read` gives the value of a text whose white space is normalised. Parameters are
    applied in their order, each to what those before it leave, as Jing does.
    """

    noun: str = "text"
    """What a text of the type is, in a message: «an integer», «text», or what a schema calls it."""

    facets: ClassVar[frozenset[str]] = LENGTHS | PATTERN
    """The parameters that the type knows."""

    unit: ClassVar[str] = "character"
    """What length facets count."""

    uses_namespaces: ClassVar[bool] = False
    """Whether the verdict depends on the prefixes in scope."""

    def __init__(self, library: str, type: str, params: Parameters = ()) -> None:
        self.library = library
        self.type = type
        self.params = tuple([(name, value) for name, value, *_ in params])
        self.restrictions: list[Facet] = []
        """The parameters, each as a check."""
        self._verdicts: dict[str, bool] = {}
        for index, (name, value, *words) in enumerate(params):
            self.restrictions.append(self._facet(index, name, value, words))
            self.noun = next(iter(words), "") or self.noun

    def _facet(self, index: int, name: str, value: str, words: Sequence[str]) -> Facet:
        if name not in self.facets:
            raise WrongParameter(index, f"parameter {name!r} does not apply to {self.type}")
        try:
            return _MAKERS[name](self, name, value, *words)
        except ValueError as error:
            raise WrongParameter(index, str(error)) from None

    # What a type says of itself

    def normalise(self, text: str) -> str:
        """`text` with its white space as the type wants it."""
        return collapse(text)

    def read(self, text: str, namespaces: Namespaces | None) -> Any:
        """The value of a text with normalised white space, parameters apart.

        Raises:
            ValueError: the text is not of the type; the message continues a sentence, «is not an integer».
        """
        return text

    def key(self, value: Any) -> Hashable:
        """A value that equals another's exactly where the datatype takes the two for the same."""
        result: Hashable = value
        return result

    def measure(self, value: Any) -> int:
        """The length that length facets restrict."""
        return len(value)

    def compare(self, value: Any, other: Any) -> int | None:
        """Below 0, 0 or above 0 as `value` is less than, equal to or more than `other`; None where neither is."""
        return -1 if value < other else int(value > other)

    # For callers

    def allows(self, text: str, namespaces: Namespaces | None = None) -> bool:
        """Whether `text` is of the type. Without `namespaces` a QName is judged by its form alone."""
        if self.uses_namespaces:
            return not self.why_not(text, namespaces)
        verdict = self._verdicts.get(text)
        if verdict is None:
            verdict = not self.why_not(text)
            if len(text) <= REMEMBERED_LENGTH and len(self._verdicts) < REMEMBERED_TEXTS:
                self._verdicts[text] = verdict
        return verdict

    def why_not(self, text: str, namespaces: Namespaces | None = None) -> str:
        """Why `text` is not allowed, to continue a sentence that begins with it: «is not an integer», «must be at
        most 255». Empty where it is allowed."""
        text = self.normalise(text)
        try:
            self._checked(text, self.read(text, namespaces))
        except ValueError as error:
            return str(error)
        return ""

    def value(self, text: str, namespaces: Namespaces | None = None) -> Hashable:
        """What `text` means: equal for two texts exactly where the datatype takes them for the same.

        Raises:
            ValueError: with the reason, as `why_not` gives it.
        """
        text = self.normalise(text)
        value = self.read(text, namespaces)
        self._checked(text, value)
        return self.key(value)

    def same(self, text: str, namespaces: Namespaces | None, other: str, other_namespaces: Namespaces | None) -> bool:
        """Whether both texts are allowed and mean the same, each in its own context (specification 9.3.8, value)."""
        try:
            return self.value(text, namespaces) == self.value(other, other_namespaces)
        except ValueError:
            return False

    def describe(self) -> str:
        """What is expected, for a message: «an integer from 0 to 255», «text matching [0-9a-f]{2}»."""
        return " ".join(filter(None, [self.noun, *(facet.description for facet in self.restrictions)]))

    @property
    def is_named(self) -> bool:
        """Whether the schema says what a text of the type is."""
        return "noun" in vars(self) and self.noun != type(self).noun

    def _checked(self, text: str, value: Any) -> None:
        for facet in self.restrictions:
            if not facet.allows(text, value):
                raise ValueError(facet.reason)

    def checked_limit(self, text: str) -> Any:
        """The value of a bound, which must be of the type as the parameters so far leave it."""
        text = self.normalise(text)
        value = self.read(text, None)
        self._checked(text, value)
        return value

    def __repr__(self) -> str:
        params = "".join(f", {name}={value!r}" for name, value in self.params)
        return f"<{type(self).__name__} {self.type}{params}>"


# The datatype libraries: the built-in one, XML Schema's, and the one of the DTD compatibility specification.

# The characters of XML names, as the insides of regular expression classes.
#
# The tables are those of XML 1.0 up to its fourth edition (appendix B: Letter, Digit, CombiningChar, Extender), which
# XML Schema 1.0 refers to and which Jing and libxml2 use for its name types and for ``\i`` and ``\c`` in patterns.
# The fifth edition allows more: a document may hold an attribute called by such a name and still not have it as an
# ``NCName``.

_LETTERS = (
    r"\xc0-\xd6\xd8-\xf6\xf8-\u0131\u0134-\u013e\u0141-\u0148\u014a-\u017e\u0180-\u01c3\u01cd-\u01f0\u01f4\u01f5"
    r"\u01fa-\u0217\u0250-\u02a8\u02bb-\u02c1\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce\u03d0-\u03d6"
    r"\u03da\u03dc\u03de\u03e0\u03e2-\u03f3\u0401-\u040c\u040e-\u044f\u0451-\u045c\u045e-\u0481\u0490-\u04c4"
    r"\u04c7\u04c8\u04cb\u04cc\u04d0-\u04eb\u04ee-\u04f5\u04f8\u04f9\u0531-\u0556\u0559\u0561-\u0586"
    r"\u05d0-\u05ea\u05f0-\u05f2\u0621-\u063a\u0641-\u064a\u0671-\u06b7\u06ba-\u06be\u06c0-\u06ce\u06d0-\u06d3"
    r"\u06d5\u06e5\u06e6\u0905-\u0939\u093d\u0958-\u0961\u0985-\u098c\u098f\u0990\u0993-\u09a8\u09aa-\u09b0"
    r"\u09b2\u09b6-\u09b9\u09dc\u09dd\u09df-\u09e1\u09f0\u09f1\u0a05-\u0a0a\u0a0f\u0a10\u0a13-\u0a28"
    r"\u0a2a-\u0a30\u0a32\u0a33\u0a35\u0a36\u0a38\u0a39\u0a59-\u0a5c\u0a5e\u0a72-\u0a74\u0a85-\u0a8b\u0a8d"
    r"\u0a8f-\u0a91\u0a93-\u0aa8\u0aaa-\u0ab0\u0ab2\u0ab3\u0ab5-\u0ab9\u0abd\u0ae0\u0b05-\u0b0c\u0b0f\u0b10"
    r"\u0b13-\u0b28\u0b2a-\u0b30\u0b32\u0b33\u0b36-\u0b39\u0b3d\u0b5c\u0b5d\u0b5f-\u0b61\u0b85-\u0b8a"
    r"\u0b8e-\u0b90\u0b92-\u0b95\u0b99\u0b9a\u0b9c\u0b9e\u0b9f\u0ba3\u0ba4\u0ba8-\u0baa\u0bae-\u0bb5"
    r"\u0bb7-\u0bb9\u0c05-\u0c0c\u0c0e-\u0c10\u0c12-\u0c28\u0c2a-\u0c33\u0c35-\u0c39\u0c60\u0c61\u0c85-\u0c8c"
    r"\u0c8e-\u0c90\u0c92-\u0ca8\u0caa-\u0cb3\u0cb5-\u0cb9\u0cde\u0ce0\u0ce1\u0d05-\u0d0c\u0d0e-\u0d10"
    r"\u0d12-\u0d28\u0d2a-\u0d39\u0d60\u0d61\u0e01-\u0e2e\u0e30\u0e32\u0e33\u0e40-\u0e45\u0e81\u0e82\u0e84"
    r"\u0e87\u0e88\u0e8a\u0e8d\u0e94-\u0e97\u0e99-\u0e9f\u0ea1-\u0ea3\u0ea5\u0ea7\u0eaa\u0eab\u0ead\u0eae\u0eb0"
    r"\u0eb2\u0eb3\u0ebd\u0ec0-\u0ec4\u0f40-\u0f47\u0f49-\u0f69\u10a0-\u10c5\u10d0-\u10f6\u1100\u1102\u1103"
    r"\u1105-\u1107\u1109\u110b\u110c\u110e-\u1112\u113c\u113e\u1140\u114c\u114e\u1150\u1154\u1155\u1159"
    r"\u115f-\u1161\u1163\u1165\u1167\u1169\u116d\u116e\u1172\u1173\u1175\u119e\u11a8\u11ab\u11ae\u11af"
    r"\u11b7\u11b8\u11ba\u11bc-\u11c2\u11eb\u11f0\u11f9\u1e00-\u1e9b\u1ea0-\u1ef9\u1f00-\u1f15\u1f18-\u1f1d"
    r"\u1f20-\u1f45\u1f48-\u1f4d\u1f50-\u1f57\u1f59\u1f5b\u1f5d\u1f5f-\u1f7d\u1f80-\u1fb4\u1fb6-\u1fbc\u1fbe"
    r"\u1fc2-\u1fc4\u1fc6-\u1fcc\u1fd0-\u1fd3\u1fd6-\u1fdb\u1fe0-\u1fec\u1ff2-\u1ff4\u1ff6-\u1ffc\u2126"
    r"\u212a\u212b\u212e\u2180-\u2182\u3007\u3021-\u3029\u3041-\u3094\u30a1-\u30fa\u3105-\u312c\u4e00-\u9fa5"
    r"\uac00-\ud7a3"
)
"""BaseChar and Ideographic outside ASCII."""

_OTHERS = (
    r"\xb7\u02d0\u02d1\u0300-\u0345\u0360\u0361\u0387\u0483-\u0486\u0591-\u05a1\u05a3-\u05b9\u05bb-\u05bd\u05bf"
    r"\u05c1\u05c2\u05c4\u0640\u064b-\u0652\u0660-\u0669\u0670\u06d6-\u06e4\u06e7\u06e8\u06ea-\u06ed"
    r"\u06f0-\u06f9\u0901-\u0903\u093c\u093e-\u094d\u0951-\u0954\u0962\u0963\u0966-\u096f\u0981-\u0983\u09bc"
    r"\u09be-\u09c4\u09c7\u09c8\u09cb-\u09cd\u09d7\u09e2\u09e3\u09e6-\u09ef\u0a02\u0a3c\u0a3e-\u0a42\u0a47\u0a48"
    r"\u0a4b-\u0a4d\u0a66-\u0a71\u0a81-\u0a83\u0abc\u0abe-\u0ac5\u0ac7-\u0ac9\u0acb-\u0acd\u0ae6-\u0aef"
    r"\u0b01-\u0b03\u0b3c\u0b3e-\u0b43\u0b47\u0b48\u0b4b-\u0b4d\u0b56\u0b57\u0b66-\u0b6f\u0b82\u0b83"
    r"\u0bbe-\u0bc2\u0bc6-\u0bc8\u0bca-\u0bcd\u0bd7\u0be7-\u0bef\u0c01-\u0c03\u0c3e-\u0c44\u0c46-\u0c48"
    r"\u0c4a-\u0c4d\u0c55\u0c56\u0c66-\u0c6f\u0c82\u0c83\u0cbe-\u0cc4\u0cc6-\u0cc8\u0cca-\u0ccd\u0cd5\u0cd6"
    r"\u0ce6-\u0cef\u0d02\u0d03\u0d3e-\u0d43\u0d46-\u0d48\u0d4a-\u0d4d\u0d57\u0d66-\u0d6f\u0e31\u0e34-\u0e3a"
    r"\u0e46-\u0e4e\u0e50-\u0e59\u0eb1\u0eb4-\u0eb9\u0ebb\u0ebc\u0ec6\u0ec8-\u0ecd\u0ed0-\u0ed9\u0f18\u0f19"
    r"\u0f20-\u0f29\u0f35\u0f37\u0f39\u0f3e\u0f3f\u0f71-\u0f84\u0f86-\u0f8b\u0f90-\u0f95\u0f97\u0f99-\u0fad"
    r"\u0fb1-\u0fb7\u0fb9\u20d0-\u20dc\u20e1\u3005\u302a-\u302f\u3031-\u3035\u3099\u309a\u309d\u309e"
    r"\u30fc-\u30fe"
)
"""Digit, CombiningChar and Extender outside ASCII."""

NC_NAME_START = "A-Z_a-z" + _LETTERS
NAME_START = ":" + NC_NAME_START
NC_NAME_CHARACTER = r"\-.0-9" + NC_NAME_START + _OTHERS
NAME_CHARACTER = ":" + NC_NAME_CHARACTER

NC_NAME = f"[{NC_NAME_START}][{NC_NAME_CHARACTER}]*"
NAME = f"[{NAME_START}][{NAME_CHARACTER}]*"
NAME_TOKEN = f"[{NAME_CHARACTER}]+"
QUALIFIED_NAME = f"(?:({NC_NAME}):)?({NC_NAME})"


# What ``anyURI`` refuses. Nearly every text is allowed, since characters that a URI must escape are allowed unescaped
# (XML Schema Datatypes 3.2.17, XLink 5.4); what is left is the structure of RFC 2396, as Jing takes it.

_escape = re.compile("%(?![0-9a-fA-F]{2})").search
_before_colon = re.compile("([^:/?#]*):").match
_scheme = re.compile("[a-zA-Z][a-zA-Z0-9+.-]*").fullmatch
_authority = re.compile("//([^/?#]*)([^?#]*)").match
_address = re.compile(r"(?:[^@\[\]]*@)?\[([^\[\]]*)\](?::[0-9]*)?").fullmatch


def uri_fault(text: str) -> str:
    """Why `text` is not a URI reference; empty where it is one."""
    if "%" in text and _escape(text):
        return "'%' must be followed by two hexadecimal digits"
    if text.count("#") > 1:
        return "it has more than one '#'"
    scheme = _before_colon(text) if ":" in text else None
    if scheme is None:
        return _hierarchy_fault(text)
    if not _scheme(scheme[1]):
        return f"{scheme[1]!r} is not a scheme"
    rest = text[scheme.end() :]
    if not rest or rest[0] == "#":
        return f"nothing follows {scheme[0]!r}"
    return _hierarchy_fault(rest) if rest[0] == "/" else ""


def _hierarchy_fault(text: str) -> str:
    """What is wrong with authority or path; only brackets can be, which belong around an IPv6 address alone."""
    if text == "//":
        return "nothing follows '//'"
    if "[" not in text and "]" not in text:
        return ""
    match = _authority(text)
    authority, path = match.groups() if match else ("", re.split("[?#]", text, maxsplit=1)[0])
    if "[" in path or "]" in path:
        return "brackets are only allowed around an address"
    if "[" not in authority and "]" not in authority:
        return ""
    address = _address(authority)
    return "" if address and _is_address(address[1]) else f"{authority!r} has no address between brackets"


def _is_address(text: str) -> bool:
    from ipaddress import AddressValueError, IPv6Address  # hardly ever needed

    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return True


# Strings, names, references, URIs and lists of names.


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
    source = NAME


class NCName(_Lexical):
    """``NCName``, and the lexical side of ``ID``, ``IDREF`` and ``ENTITY``."""

    noun = "a name without a colon"
    source = NC_NAME


class NMTOKEN(_Lexical):
    noun = "a name token"
    source = NAME_TOKEN


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
        self.item_type = self.item(library, type.removesuffix("S"))
        super().__init__(library, type, params)

    def read(self, text: str, namespaces: Namespaces | None) -> Any:
        if not text:
            raise ValueError(f"is not {self.noun}")
        items = text.split(" ")
        for item in items:
            reason = self.item_type.why_not(item, namespaces)
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

    Without namespaces only the form is checked, and a prefix counts as itself. RELAX NG cannot see declarations of
    notations (Guidelines, section 3), so ``NOTATION`` is any QName.
    """

    noun = "a qualified name"
    facets = PATTERN
    uses_namespaces = True
    source = QUALIFIED_NAME

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


# Numbers: decimals, the family of integers, and floating point.

LONG_NUMBER = 4000
"""Digits from which on `int` refuses or takes quadratic time; `Decimal` holds such integers."""

_decimal = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)").fullmatch
_integer = re.compile(r"[+-]?[0-9]+").fullmatch
_float = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?").fullmatch

INTEGER_RANGES: dict[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-(2**7), 2**7 - 1),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 2**8 - 1),
}
"""XML Schema Datatypes 3.3.13 to 3.3.25."""


class _Number(Datatype):
    """A type with a total order. Messages show bounds as one range: «an integer from 0 to 255»."""

    low: Any = None
    high: Any = None

    def describe(self) -> str:
        low, high, others = self.low, self.high, []
        for facet in self.restrictions:
            if facet.name == "minInclusive":
                low = facet.limit
            elif facet.name == "maxInclusive":
                high = facet.limit
            else:
                others.append(facet.description)
        return " ".join([self.noun, *_range_words(low, high), *others])


def _range_words(low: Any, high: Any) -> list[str]:
    if low is not None and high is not None:
        return [f"from {low} to {high}"]
    if low is not None:
        return [f"of at least {low}"]
    return [] if high is None else [f"of at most {high}"]


class DecimalNumber(_Number):
    noun = "a decimal number"
    facets = BOUNDS | DIGITS | PATTERN

    def read(self, text: str, namespaces: Namespaces | None) -> Any:
        if _decimal(text) is None:
            raise ValueError(f"is not {self.noun}")
        return Decimal(text)


class Integer(_Number):
    """``integer`` and the twelve types derived from it."""

    noun = "an integer"
    facets = BOUNDS | DIGITS | PATTERN

    def __init__(self, library: str, type: str, params: Parameters = ()) -> None:
        self.low, self.high = INTEGER_RANGES[type]
        super().__init__(library, type, params)

    def read(self, text: str, namespaces: Namespaces | None) -> Any:
        if _integer(text) is None:
            raise ValueError(f"is not {self.noun}")
        value = int(text) if len(text) < LONG_NUMBER else Decimal(text)
        if (self.low is not None and value < self.low) or (self.high is not None and value > self.high):
            words = " ".join(_range_words(self.low, self.high)).removeprefix("of ")
            raise ValueError(f"must be {words}")
        return value


class Double(_Number):
    noun = "a number"
    facets = BOUNDS | PATTERN
    _specials: ClassVar[dict[str, float]] = {"INF": inf, "-INF": -inf, "NaN": nan}

    def read(self, text: str, namespaces: Namespaces | None) -> Any:
        if _float(text):
            return float(text)
        if text in self._specials:
            return self._specials[text]
        raise ValueError(f"is not {self.noun}")

    def key(self, value: Any) -> Hashable:
        """NaN equals itself, and the two zeros each other, as in Jing."""
        return "NaN" if isnan(value) else float(value)

    def compare(self, value: Any, other: Any) -> int | None:
        if isnan(value) or isnan(other):
            return 0 if isnan(value) and isnan(other) else None
        return super().compare(value, other)


class Float(Double):
    """``float``: values are those of 32 bits, so 16777217 equals 16777216."""

    def read(self, text: str, namespaces: Namespaces | None) -> Any:
        value = super().read(text, namespaces)
        try:
            return struct.unpack("f", struct.pack("f", value))[0]
        except OverflowError:
            return inf if value > 0 else -inf


# Truth values and octets.

TRUTH_VALUES = {"true": True, "1": True, "false": False, "0": False}

_hexadecimal = re.compile("(?:[0-9a-fA-F]{2})*").fullmatch
_BASE64 = "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=|[A-Za-z0-9+/][AQgw]==)?"
"""Not compiled yet: that takes longer than to import the whole module, and few schemas have such values."""


class Boolean(Datatype):
    noun = "true or false"
    facets = PATTERN

    def read(self, text: str, namespaces: Namespaces | None) -> Any:
        if text not in TRUTH_VALUES:
            raise ValueError(f"is not {self.noun}")
        return TRUTH_VALUES[text]


class HexBinary(Datatype):
    noun = "pairs of hexadecimal digits"
    facets = LENGTHS | PATTERN
    unit = "octet"

    def read(self, text: str, namespaces: Namespaces | None) -> Any:
        if _hexadecimal(text) is None:
            raise ValueError(f"is not {self.noun}")
        return bytes.fromhex(text)


class Base64Binary(Datatype):
    """``base64Binary``: white space is allowed anywhere; the bits that padding leaves over must be zero."""

    noun = "base64 data"
    facets = LENGTHS | PATTERN
    unit = "octet"

    def read(self, text: str, namespaces: Namespaces | None) -> Any:
        packed = text.replace(" ", "")
        if re.fullmatch(_BASE64, packed) is None:
            raise ValueError(f"is not {self.noun}")
        return b64decode(packed)


TIME_TYPES = ("duration", "dateTime", "date", "time", "gYearMonth", "gYear", "gMonthDay", "gDay", "gMonth")
"""The types of `time_types`: a package without any of them does not carry that module."""

LIBRARIES: Mapping[str, Mapping[str, type[Datatype] | None]] = {
    BUILT_IN: {"string": String, "token": Token},
    XML_SCHEMA: {
        "string": String,
        "normalizedString": NormalizedString,
        "token": Token,
        "language": Language,
        "Name": Name,
        "NCName": NCName,
        "NMTOKEN": NMTOKEN,
        "NMTOKENS": NMTOKENS,
        "ID": ID,
        "IDREF": IDREF,
        "IDREFS": IDREFS,
        "ENTITY": ENTITY,
        "ENTITIES": ENTITIES,
        "QName": QName,
        "NOTATION": QName,
        "anyURI": AnyURI,
        "boolean": Boolean,
        "decimal": DecimalNumber,
        **dict.fromkeys(INTEGER_RANGES, Integer),
        "float": Float,
        "double": Double,
        **dict.fromkeys(TIME_TYPES),
        "hexBinary": HexBinary,
        "base64Binary": Base64Binary,
    },
    DTD_COMPATIBILITY: {"ID": ID, "IDREF": IDREF, "IDREFS": IDREFS},
}
"""The types of each library (specification section 5 for the built-in one); None for one of `TIME_TYPES`."""


def facets_of(library: str, type: str) -> frozenset[str]:
    """The parameters that a type knows; only XML Schema's types know any."""
    return _class_of(library, type).facets if library == XML_SCHEMA else frozenset()


def _class_of(library: str, name: str) -> type[Datatype]:
    found = LIBRARIES[library][name]
    if found is None:
        # By its name: type checkers would miss the module where a package does not carry it.
        found = import_module(".time_types", __package__).TYPES[name]
    return found


def create(library: str, type: str, params: Parameters = ()) -> Datatype:
    """The datatype that a ``data`` or ``value`` pattern names. A ``pattern`` parameter is a regular expression of
    Python's; the generator has translated it.

    Raises:
        WrongDatatype: there is no such library, or no such type in it.
        WrongParameter: a parameter does not apply, or has no right value.
    """
    if type not in LIBRARIES.get(library, ()):
        raise WrongDatatype(f"unknown datatype {type!r} of the library {library!r}")
    if params and library != XML_SCHEMA:
        raise WrongParameter(0, f"the type {type!r} takes no parameters")
    return _class_of(library, type)(library, type, params)
