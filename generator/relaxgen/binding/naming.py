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

The rules are fixed and small, and do not look at neighbours, so a name does not move when the schema grows elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import takewhile

FEWEST_WITH_PREFIX = 2
"""One name alone shares nothing."""

_SEPARATOR = re.compile(r"[._-]+")

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
    return text if text[:1].isidentifier() else _normal(f"N{text}")


def snake_case(parts: Iterable[str]) -> str:
    text = _normal("_".join(parts))
    return text if text[:1].isidentifier() else _normal(f"n{text}")


def _normal(text: str) -> str:
    """In normal form KC, in which Python compares identifiers."""
    return unicodedata.normalize("NFKC", text)


def class_name(name: str) -> str:
    return class_case(words(name))


def field_name(name: str) -> str:
    return snake_case(words(name))


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


def shared_start(names: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """What names begin with alike, in words."""
    return tuple(same[0] for same in takewhile(lambda same: len(set(same)) == 1, zip(*names, strict=False)))


def plural(name: str) -> str:
    """The name of a list of what `name` says, by a rule of four lines that never changes.

    >>> [plural(name) for name in ("disk", "address", "entry", "graphics", "data", "switch")]
    ['disks', 'addresses', 'entries', 'graphics', 'data', 'switches']
    """
    if name.endswith(("ss", "x", "z", "ch", "sh")):
        return f"{name}es"
    if name.endswith(("s", "data")):
        return name
    if name.endswith("y") and name[-2:-1] not in "aeiou":
        return f"{name[:-1]}ies"
    return f"{name}s"


def shared_prefix(names: Iterable[str]) -> str:
    """What names begin with, up to a separator: `db.` of `db.section` and `db.para`. One name in ten may differ, so
    that a single define does not rename all classes (DocBook has one without `db.`)."""
    found = [name for name in names if name]
    if len(found) < FEWEST_WITH_PREFIX:
        return ""
    users = Counter(name[: match.end()] for name in found for match in _SEPARATOR.finditer(name))
    common = [prefix for prefix, count in users.items() if count >= len(found) - len(found) // 10]
    return max(common, key=len, default="")


VOCABULARY_PREFIXES = ("virDomain", "vir")
"""What the names of enum tables begin with in libvirt; the longest that fits is dropped."""


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
