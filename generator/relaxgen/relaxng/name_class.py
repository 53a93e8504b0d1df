"""Name classes (specification section 3, ``nameClass``): which names an element or an attribute may have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class QName:
    """An expanded name: namespace URI (empty for none) and local name."""

    namespace: str
    local: str

    def __str__(self) -> str:
        """James Clark's notation, which is lxml's too: ``{uri}local``, or ``local`` in no namespace."""
        return f"{{{self.namespace}}}{self.local}" if self.namespace else self.local


@dataclass(frozen=True, slots=True)
class Name:
    name: QName


@dataclass(frozen=True, slots=True)
class NsName:
    namespace: str
    except_: NameClass | None = None


@dataclass(frozen=True, slots=True)
class AnyName:
    except_: NameClass | None = None


@dataclass(frozen=True, slots=True)
class NameChoice:
    choices: tuple[NameClass, ...]


NameClass = Name | NsName | AnyName | NameChoice


def prefixed(name: QName, prefixes: Mapping[str, str]) -> str:
    """``disk``, ``qemu:commandline``, or ``{uri}name`` if there is no prefix for the namespace."""
    prefix = prefixes.get(name.namespace)
    if not name.namespace or prefix == "":
        return name.local
    return str(name) if prefix is None else f"{prefix}:{name.local}"


def contains(name_class: NameClass, name: QName) -> bool:
    """Whether `name` belongs to `name_class` (specification section 9.1)."""
    match name_class:
        case Name():
            return name_class.name == name
        case NsName():
            if name_class.namespace != name.namespace:
                return False
            return name_class.except_ is None or not contains(name_class.except_, name)
        case AnyName():
            return name_class.except_ is None or not contains(name_class.except_, name)
        case NameChoice():
            return any(contains(choice, name) for choice in name_class.choices)


def names_of(name_class: NameClass) -> tuple[QName, ...] | None:
    """The names of a finite name class in schema order, without repetition; None where it is open."""
    match name_class:
        case Name():
            return (name_class.name,)
        case NameChoice():
            found: dict[QName, None] = {}
            for choice in name_class.choices:
                names = names_of(choice)
                if names is None:
                    return None
                found.update(dict.fromkeys(names))
            return tuple(found)
        case NsName() | AnyName():
            return None


def classes_in(name_class: NameClass) -> Iterator[NameClass]:
    """The name class and all inside it, those of exceptions, too."""
    yield name_class
    match name_class:
        case NameChoice():
            for choice in name_class.choices:
                yield from classes_in(choice)
        case NsName() | AnyName() if name_class.except_ is not None:
            yield from classes_in(name_class.except_)


def describe(name_class: NameClass) -> str:
    """A name class on one line: ``disk``, ``{uri}disk``, ``a | b``, ``* except (a | {uri}*)``, ``{uri}*``."""
    match name_class:
        case Name():
            return str(name_class.name)
        case NameChoice():
            return " | ".join(describe(choice) for choice in name_class.choices)
        case NsName():
            return f"{{{name_class.namespace}}}*{_described_except(name_class.except_)}"
        case AnyName():
            return f"*{_described_except(name_class.except_)}"


def _described_except(except_: NameClass | None) -> str:
    return "" if except_ is None else f" except ({describe(except_)})"
