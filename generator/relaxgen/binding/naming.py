"""From the schema's names to the model's: words, class names, field names, plurals.

    schema                       class            field
    disk                         Disk             disk
    backingStore                 BackingStore     backing_store
    on_poweroff                  OnPoweroff       on_poweroff
    virDomainDiskSnapshot        DiskSnapshot
    db.section (all say "db.")   Section          section
    section.element              Section
    element-section              Section
    8021qbg                      N8021qbg         n8021qbg
    x😀                          XGrinningFace    x_grinning_face
    (a name of 300 letters)      its first letters and a checksum

The rules are fixed and small, and do not look at neighbours, so a name does not move when the schema grows elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import takewhile

FEWEST_WITH_PREFIX = 2
"""One name alone shares nothing."""

LONGEST_NAME = 100
"""Bytes of a name in UTF-8. A module has the name of its first class, and most file systems allow 255 bytes."""

_SEPARATOR = re.compile(r"[._-]+")
_CHARACTERS = {"-": "hyphen", ".": "dot", "_": "underscore"}

_SAYS_ELEMENT = re.compile(r"(?:[._-]e|(?<=[a-z0-9])E)lem(?:ent)?$|^elem(?:ent)?[._-]")

_BOUNDARY = re.compile(
    r"""
    [^0-9A-Za-z\u0080-\U0010ffff]+               # punctuation
    | (?<=[a-z0-9])(?=[A-Z])                     # diskBus
    | (?<=[A-Z])(?=[A-Z][a-z])                   # USBPort
    """,
    re.VERBOSE,
)


def words(name: str) -> tuple[str, ...]:
    """The words of a name, in lower case; every character that no identifier can hold is spelled by its name."""
    spelled = "".join(_spelled(character) for character in _normal(name))
    found = tuple(word.lower() for word in _BOUNDARY.split(spelled) if word)
    return found or ("unnamed",)


def _spelled(character: str) -> str:
    if character.isascii() or ("a" + character).isidentifier():
        return character
    return f"_{unicodedata.name(character, f'u{ord(character):x}')}_".replace("-", "_")


def class_case(parts: Iterable[str]) -> str:
    text = _normal("".join(part[:1].upper() + part[1:] for part in parts))
    return shortened(text if text[:1].isidentifier() else _normal(f"N{text}"))


def snake_case(parts: Iterable[str]) -> str:
    text = _normal("_".join(parts))
    return shortened(text if text[:1].isidentifier() else _normal(f"n{text}"))


def shortened(text: str) -> str:
    """`text`, or its beginning with a checksum of the whole, which keeps apart what begins alike."""
    encoded = text.encode("utf-8", "surrogatepass")
    if len(encoded) <= LONGEST_NAME:
        return text
    # A part of a text in normal form is in normal form, so the cut gives no other identifier.
    beginning = encoded[: LONGEST_NAME - 9].decode("utf-8", "ignore")
    return f"{beginning.rstrip('_')}_{zlib.crc32(encoded):08x}"


def _normal(text: str) -> str:
    """In normal form KC, in which Python compares identifiers."""
    return unicodedata.normalize("NFKC", text)


def class_name(name: str) -> str:
    return class_case(words(name))


def field_name(name: str) -> str:
    return snake_case(words(name))


def spelled_name(name: str) -> str:
    """A field name that keeps what `field_name` loses: punctuation and capital letters.

    >>> [spelled_name(name) for name in ("a-b", "a.b", "aB", "A")]
    ['a_hyphen_b', 'a_dot_b', 'a_capital_b', 'capital_a']
    """
    parts = []
    for character in name:
        if character.isupper():
            parts.append(f"_capital_{character.lower()}")
        elif character.isalnum():
            parts.append(character)
        else:
            parts.append(f"_{_CHARACTERS.get(character) or _first_word(character)}_")
    return snake_case(part for part in "".join(parts).split("_") if part)


def _first_word(character: str) -> str:
    """`·` → `middle`"""
    return unicodedata.name(character, f"u{ord(character):x}").split("-")[0].split()[0].lower()


def name_key(name: str) -> str:
    """Equal for names that cannot be used beside each other: a class gives functions in snake case and constants in
    capitals, so `ABC` and `Abc` are the same, and so are `Straße` and `Strasse`."""
    return _normal(field_name(name).upper())


def ends_with(name: str, ending: str) -> bool:
    """Whether the words of `name` end with those of `ending`; humps count less than letters, so that the define
    ``hostdevcaps`` ends with ``caps``."""
    return "".join(words(name)).endswith("".join(words(ending)))


def name_for_element(define: str, element: str) -> str:
    """The part of a define's name that names its element; nothing where the name does not end with that. A last or
    first word that says only that it is one does not count: DITA has `keyword.element`, HTML `ol.elem`, Pacemaker
    `element-nodes`.

    >>> [name_for_element(define, "p") for define in ("text-p", "p.element", "text-p.elem", "pElement", "para")]
    ['text-p', 'p', 'text-p', 'p', '']
    >>> [name_for_element(define, "name") for define in ("element-name", "element.text-name", "elementName")]
    ['name', 'text-name', 'elementName']
    """
    return next((name for name in (_SAYS_ELEMENT.sub("", define), define) if ends_with(name, element)), "")


def name_of_content(define: str) -> str:
    """The name of a define that elements hold, without a word that says only that they do.

    >>> [name_of_content(define) for define in ("element-nvset", "featureState")]
    ['nvset', 'featureState']
    """
    return _SAYS_ELEMENT.sub("", define) or define


def shared_start(names: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The words that all names begin with."""
    return tuple(same[0] for same in takewhile(lambda same: len(set(same)) == 1, zip(*names, strict=False)))


def plural(name: str) -> str:
    """The name of a list of what `name` says, by a rule of four lines that never changes.

    >>> [plural(name) for name in ("disk", "address", "entry", "graphics", "data", "switch", "alias", "bus")]
    ['disks', 'addresses', 'entries', 'graphics', 'data', 'switches', 'aliases', 'buses']
    """
    if name.endswith(("ss", "as", "us", "x", "z", "ch", "sh")):
        return f"{name}es"
    if name.endswith(("s", "data")):
        return name
    if name.endswith("y") and name[-2:-1] not in "aeiou":
        return f"{name[:-1]}ies"
    return f"{name}s"


def shared_prefix(names: Iterable[str]) -> str:
    """The common beginning of names, up to a separator: `db.` of `db.section` and `db.para`. One in ten may differ,
    so that a single define does not rename all classes (DocBook has one without `db.`)."""
    found = [name for name in names if name]
    if len(found) < FEWEST_WITH_PREFIX:
        return ""
    users = Counter(name[: match.end()] for name in found for match in _SEPARATOR.finditer(name))
    common = [prefix for prefix, count in users.items() if count >= len(found) - len(found) // 10]
    return max(common, key=len, default="")


VOCABULARY_PREFIXES = ("virDomain", "vir")
"""Prefixes of libvirt's names of enum tables. The longest that fits is removed."""


def table_class_name(table: str, last: str = "") -> str:
    """`virDomainDiskSnapshot` → `DiskSnapshot`. A table that is called like the thing itself says by the name of its
    last constant that it is about the type: `virDomainInput`, `VIR_DOMAIN_INPUT_TYPE_LAST` → `InputType`."""
    for prefix in VOCABULARY_PREFIXES:
        rest = table.removeprefix(prefix)
        if rest != table and rest[:1].isupper():
            break
    else:
        rest = table
    name = class_name(rest)
    return f"{name}Type" if last.endswith("_TYPE_LAST") and not name.endswith("Type") else name


def namespace_word(uri: str) -> str:
    """A word for a namespace that has no prefix: the last part of its name that is no version.

    >>> namespace_word("http://libvirt.org/schemas/domain/qemu/1.0")
    'qemu'
    """
    parts = [part for part in re.split(r"[/:#?]+", uri) if part and not re.fullmatch(r"v?[\d.]+", part)]
    return snake_case(words(parts[-1])) if parts else ""
