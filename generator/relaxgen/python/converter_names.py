"""Names for the constants that convert texts: after the one field that has the type, after the name that all its fields
have, after the define that holds just this type, or after the type itself, never after one field of several.

one field         disk.wwn: string with a pattern         _DISK_WWN
fields alike      disk.uuid, pool.uuid: string …          _UUID
one define        disk.file, kernel: absFilePath          _ABS_FILE_PATH
other fields      disk.queues, driver.iops: unsignedInt   _UNSIGNED_INT
                  int from 1 to 255                       _INT_FROM_1_TO_255
                  string with a pattern                   _STRING_3F2A91
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from ..binding.naming import field_name

_DATA = re.compile(r"rt\.Data\('(?P<type>[A-Za-z]+)'(?P<params>[^()]*(?:\('(?:min|max)\w+', '[0-9]+'\)[^()]*)*)\)")
_PARAMETER = re.compile(r"\('(?P<name>\w+)', '(?P<value>[0-9]+)'\)")
_WORDS = {"minInclusive": "from", "maxInclusive": "to", "minExclusive": "above", "maxExclusive": "below"}
_LITERAL = re.compile(r"rt\.LiteralConverter\('(?P<word>[a-z0-9]+)'\)")
_PAIR = re.compile(r"rt\.WordPairConverter\('(?P<true>\w+)', '(?P<false>\w+)'\)")


def converter_names(uses: Iterable[tuple[str, str, str, str]]) -> Mapping[str, str]:
    """A name for each expression; ``uses`` are expressions with the class and the field that have them, and with the
    define that holds just this type, if there is one."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for expression, owner, name, define in uses:
        words = field_name(define) if define else ""
        found.setdefault(expression, []).append((field_name(owner), field_name(name), words))
    names = {expression: _name(expression, fields) for expression, fields in found.items()}
    count = Counter(names.values())
    return {
        expression: name if count[name] == 1 else _longer(name, expression, count) for expression, name in names.items()
    }


def _longer(name: str, expression: str, taken: Collection[str]) -> str:
    literal = _LITERAL.fullmatch(expression)
    with_word = f"{name}_{literal['word'].upper()}" if literal else ""
    return with_word if literal and with_word not in taken else f"{name}_{_digest(expression)}"


def _name(expression: str, fields: list[tuple[str, str, str]]) -> str:
    owner, name, define = fields[0]
    if len(fields) == 1:
        words = f"{owner}_{name}"
    elif len({name for _, name, _ in fields}) == 1:
        words = name
    elif define and len({define for _, _, define in fields}) == 1:
        words = define
    else:
        words = _type_words(expression)
    return f"_{words.upper()}"


def _type_words(expression: str) -> str:
    pair = _PAIR.fullmatch(expression)
    if pair is not None:
        return f"{pair['true']}_{pair['false']}"
    kind, _, rest = expression.removeprefix("rt.").partition("Converter(")
    data = _DATA.fullmatch(rest.removesuffix(")"))
    if data is None:
        return f"{field_name(kind)}_{_digest(expression)}"
    parts = [f"{_WORDS.get(one['name'], one['name'])}_{one['value']}" for one in _PARAMETER.finditer(data["params"])]
    return "_".join([field_name(data["type"]), *map(field_name, parts)])


def _digest(expression: str) -> str:
    return hashlib.sha256(expression.encode()).hexdigest()[:6].upper()
