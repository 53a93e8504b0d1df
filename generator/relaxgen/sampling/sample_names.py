"""Names that belong to a name class."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import count, islice

from ..relaxng.name_class import AnyName, Name, NameChoice, NameClass, NsName, QName, contains

_ANY = "any"
_OTHER_NAMESPACE = "urn:example:other"
_MOST_TRIED = 1000


def sample_name(name_class: NameClass, taken: Collection[QName] = ()) -> QName | None:
    """A name of the class that is not taken, or None. Names that the class lists come first."""
    for name in _candidates(name_class):
        if name not in taken and contains(name_class, name):
            return name
    return None


def sample_names(name_class: NameClass) -> list[QName]:
    """The names that a class lists, and a few more if it is open."""
    return [name for name in dict.fromkeys(_candidates(name_class, 3)) if contains(name_class, name)]


def _candidates(name_class: NameClass, most: int = _MOST_TRIED) -> Iterator[QName]:
    match name_class:
        case Name():
            yield name_class.name
        case NameChoice():
            for choice in name_class.choices:
                yield from _candidates(choice, most)
        case NsName():
            yield from islice((QName(name_class.namespace, local) for local in _locals()), most)
        case AnyName():
            yield from islice((QName(uri, local) for local in _locals() for uri in ("", _OTHER_NAMESPACE)), most)


def _locals() -> Iterator[str]:
    yield _ANY
    for number in count(2):
        yield f"{_ANY}{number}"
