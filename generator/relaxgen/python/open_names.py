"""Which names open content may have, as the expression that makes a run time's `Names`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..relaxng.name_class import AnyName, Name, NameChoice, NameClass, NsName

ANY_NAME = "rt.Names('*')"


def names_expression(name_classes: Sequence[NameClass]) -> str:
    choices = [*dict.fromkeys(choice for one in name_classes for choice in _choices(one))]
    if AnyName() in choices:
        return ANY_NAME
    plain = ", ".join(repr(_words(one)) for one in choices if _except(one) is None)
    parts = [f"rt.Names({plain})"] if plain else []
    for one in choices:
        except_ = _except(one)
        if except_ is not None:
            parts.append(f"rt.Names({_words(one)!r}, but={names_expression([except_])})")
    return " | ".join(parts)


def _choices(name_class: NameClass) -> Iterator[Name | NsName | AnyName]:
    if isinstance(name_class, NameChoice):
        for choice in name_class.choices:
            yield from _choices(choice)
    else:
        yield name_class


def _except(name_class: Name | NsName | AnyName) -> NameClass | None:
    return None if isinstance(name_class, Name) else name_class.except_


def _words(name_class: Name | NsName | AnyName) -> str:
    """The notation of `Names`."""
    match name_class:
        case Name():
            return str(name_class.name)
        case NsName():
            return f"{{{name_class.namespace}}}*"
        case AnyName():
            return "*"
