"""From the model's names to Python's: keywords, names that annotations need, names that classes already use.

model         Python
class         class_          (field)
str           str_            (field: the annotations of the class need the type)
None          None_           (class)
no, no-copy   NO, NO_COPY     (members)
GiB           GIB
8021          VALUE_8021
(empty)       EMPTY
a-b, a_b      A_HYPHEN_B, A_B
2, ²          VALUE_2, VALUE_SUPERSCRIPT_TWO
"""

from __future__ import annotations

import keyword
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from ..binding.model import EnumModel
from ..binding.naming import field_name, shortened, words

ANNOTATION_WORDS = frozenset({"bool", "bytes", "dict", "float", "int", "list", "str", "rt"})
"""What the declarations in a class body refer to; a field of the same name would hide it."""

SUPPORT_NAMES = (
    *("AnyElement", "Difference", "Element", "Fault", "FormatError", "ParseError", "Token", "Unknown"),
    *("differences", "expand_entities", "find", "from_dict", "from_json", "text_of", "to_dict", "to_json", "walk"),
)
"""What every package has of its support code."""

FUNCTION_SUPPORT = ("MISSING", "Irregular", "new")
"""What the functions that read import from the run time by name."""

CLASS_WORDS = frozenset(
    {
        *("Any", "Decimal", "Iterable", "Iterator", "Literal", "Mapping", "TYPE_CHECKING", "T", "TypeVar"),
        *("ClassVar", "TypedDict", "Unpack"),
        *("AttributeError", "RELEASES"),
        *FUNCTION_SUPPORT,
        *SUPPORT_NAMES,
    }
)
"""What modules import from the standard library, and packages from their support code."""

PARAMETER_WORDS = frozenset({"options", "rt", "indent", "like", "validate", "tag"})
"""What a function that formats uses beside the object, which is called after its class, and the names of options."""

ELEMENT_WORDS = frozenset({"unknown"})
"""Public attributes of the base class."""

ENUM_WORDS = frozenset(
    {"constant", "index", "is_known", "name", "value", *(name for name in dir(str) if name[0] != "_")}
)
"""Public attributes of an enumeration's members."""

MODULE_WORDS = frozenset(
    {
        *("attributes", "contents", "enums", "format", "iter_parse", "parse", "rt"),
        *SUPPORT_NAMES,
        # The modules `_runtime`, `_schema` and `_patterns` have names like modules of functions.
        *("runtime", "schema", "patterns"),
        *("bool", "dict", "getattr", "globals", "import_module", "int", "list", "object", "sorted", "str", "type"),
    }
)
"""Modules that are no family's, and what a package itself calls: an imported module becomes a name in its package."""


def class_identifier(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) or name in CLASS_WORDS else name


def field_identifier(name: str) -> str:
    if keyword.iskeyword(name) or name in ANNOTATION_WORDS | ELEMENT_WORDS:
        return f"{name}_"
    return name


def parameter_identifier(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) or name in PARAMETER_WORDS else name


def constant_identifier(class_name: str) -> str:
    """`DiskSnapshot` → `DISK_SNAPSHOT`."""
    text = unicodedata.normalize("NFKC", field_name(class_name).upper())
    return f"{text}_" if text in (class_identifier(class_name), *FUNCTION_SUPPORT) else text


def module_identifier(name: str) -> str:
    if keyword.iskeyword(name) or keyword.issoftkeyword(name) or name in MODULE_WORDS:
        return f"{name}_"
    return name


def identifiers_of_members(model: EnumModel) -> dict[str, str]:
    """The name of each member, by its token."""
    pinned = {member.token: member.name for member in model.members if member.name}
    return member_identifiers([member.token for member in model.members], pinned)


_SHORT_WORD = re.compile(r"(?<![^\W\d_])[A-Za-z]{2,3}(?![^\W_])")
"""What is so short is one word, whatever its capitals: units such as GiB, MHz, dB."""


def member_identifiers(tokens: Sequence[str], pinned: Mapping[str, str] | None = None) -> dict[str, str]:
    """A name for each token; where two fall together, those that lost something on the way spell it. ``pinned`` are
    names that tokens have had before and keep."""
    pinned = pinned or {}
    found = {token: pinned.get(token) or _member(token) for token in tokens}
    for spell in (_spelled, _as_written, _with_checksum):
        clashing = _repeated(found.values())
        if not clashing:
            break
        found = {
            token: spell(token) if name in clashing and name != token and token not in pinned else name
            for token, name in found.items()
        }
    return found


def _with_checksum(token: str) -> str:
    """For what is still alike: a token may be called as another one is spelled."""
    return f"{_spelled(token)}_{zlib.crc32(token.encode('utf-8', 'surrogatepass')):08X}"


def _repeated(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name for name, count in Counter(names).items() if count > 1)


def _member(token: str) -> str:
    if not token.strip():
        return "EMPTY" if not token else "BLANK"
    if not any(character.isalnum() for character in token):
        return _identifier(_names_of(token))
    return _identifier(words(_SHORT_WORD.sub(lambda match: match[0][0] + match[0][1:].lower(), token)))


def _identifier(parts: Iterable[str]) -> str:
    text = "_".join(parts).upper()
    # Python compares identifiers in normal form KC.
    text = shortened(unicodedata.normalize("NFKC", text))
    return text if text.isidentifier() and not text.startswith("_") else f"VALUE_{text}"


def _spelled(token: str) -> str:
    """`a-b` → `A_HYPHEN_B`."""
    parts: list[str] = [""]
    for character in token:
        if _is_kept(character):
            parts[-1] += character
        else:
            parts += [*_names_of(character), ""]
    return _identifier(part for part in parts if part)


def _as_written(token: str) -> str:
    """Tells tokens apart that differ in case only: `a` beside `A`."""
    text = shortened("".join(character if _is_kept(character) else "_" for character in token))
    if not text.isidentifier() or text.startswith("_"):
        text = f"value_{text}"
    return f"{text}_" if keyword.iskeyword(text) or text in ENUM_WORDS else text


def _is_kept(character: str) -> bool:
    """Whether a letter or digit is the same in an identifier: `²` is not, Python reads it as 2 (normal form KC)."""
    return character.isalnum() and unicodedata.normalize("NFKC", character) == character


def _names_of(token: str) -> list[str]:
    """Characters by their names: `+` → plus sign; a lone surrogate has no name but its number."""
    found: list[str] = []
    for character in token:
        name = unicodedata.name(character, f"u{ord(character):x}")
        found.extend(word.lower() for word in name.replace("-", " ").split() if word not in ("SIGN", "MARK"))
    return found
