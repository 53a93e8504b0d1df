"""Objects as plain values for JSON, and back; walking, finding and comparing objects.

All functions use the table of fields, so they work for the classes of any package. Loaded when first used.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from math import isfinite
from typing import Any, NamedTuple, TypeVar, get_args

from .converters import hint_at
from .element import (
    MISSING,
    Attribute,
    Content,
    Element,
    Field,
    Flag,
    OpenAttributes,
    Preserved,
    Token,
    binding_of,
    classes_of,
    package_of,
)
from .markup import (
    DEEPEST,
    QUALIFIED_NAMES,
    AnyElement,
    Nesting,
    inner,
    inside_out,
    split_name,
    texts_in,
    walked,
    with_room,
)
from .writer import check_prefixes, texts_of

E = TypeVar("E", bound=Element)
T = TypeVar("T")

CLASS = "$class"
"""The key that names the class of an item of a content list."""
XML = "$xml"
"""The key that names an element that no class describes."""
PREFIXES = "$prefixes"
"""The key that has the namespaces of prefixes; that of the default namespace is under an empty prefix."""

_STEP = re.compile(r"\.?(?P<name>\w+)|\[(?P<index>-?\d+)\]")


class Difference(NamedTuple):
    """``path`` leads from the first object to the value, in the form that `find` takes. An item that only one of two
    lists contains is None in the other."""

    path: str
    old: Any
    new: Any


def to_dict(target: Element) -> dict[str, Any]:
    """Returns the fields that are set as dictionaries, lists, strings, numbers and Booleans.

    Members of enumerations are their words; decimal numbers and bytes are texts as in documents. `from_dict` makes an
    equal object from the result. What an object remembers of its document (order, spellings, unknown content) is left
    out, but for the prefixes that values of type QName need: ``$prefixes`` has their namespaces, in the object whose
    element declares them.

    Raises:
        ValueError: an object contains itself.
        TypeError: `target` is not an object of a generated class.
    """
    _check_object(target)
    done: dict[int, dict[str, Any]] = {}
    open_needs: dict[int, set[str | None]] = {}
    one: Any
    for one in inside_out(target):
        if isinstance(one, Element):
            found = {field.name: _plain(value, field, done) for field, value in one._set_fields()}
            prefixes = _declared(one, open_needs) if open_needs or _fields_of_names(type(one)) else None
            if prefixes:
                found = {PREFIXES: prefixes, **found}
        else:
            content = [part if isinstance(part, str) else done[id(part)] for part in one.content]
            found = {XML: one.name, "attributes": dict(one.attributes), "content": content}
        done[id(one)] = found
    found = done[id(target)]
    namespace = split_name(getattr(target, "_tag", ""))[0]
    if found.get(PREFIXES) == {"": namespace} and binding_of(type(target)).prefixes.get(namespace, "") is None:
        del found[PREFIXES]  # a new object is written with it, too
    return found


def _check_object(target: object) -> None:
    if not isinstance(target, Nesting):
        raise TypeError(f"an object of a generated class is expected, not {type(target).__name__}")


def _declared(one: Element, open_needs: dict[int, set[str | None]]) -> dict[str, str]:
    """What `to_dict` writes of the declarations of an element. ``open_needs`` has what objects inside need and do not
    declare: prefixes of qualified names, None for that of a name without one, and namespaces behind a brace."""
    needed = {
        name.partition(":")[0] if ":" in name else None
        for field in _fields_of_names(type(one))
        for name in texts_of(getattr(one, field.name))
    }
    if open_needs:
        needed.update(*(open_needs.get(id(part), ()) for part in inner(one)))
    declared = one._preserved.namespaces if one._preserved is not None else {}
    if None in needed and None not in declared:
        # Without its prefix, the element would declare a default namespace, and change what the name means.
        needed.add(type(one)._tag.rpartition("}")[0])
    rest = needed - declared.keys() - {"{" + uri for uri in declared.values()}
    if rest:
        open_needs[id(one)] = rest
    return {prefix or "": uri for prefix, uri in declared.items() if prefix in needed or "{" + uri in needed}


@cache
def _fields_of_names(kind: type[Element]) -> tuple[Field, ...]:
    return tuple(field for field in kind._fields if _is_of_names(field.converter))


def _is_of_names(converter: Any) -> bool:
    """Whether a value can be a qualified name, or contain one."""
    parts = [getattr(converter, "item", None), *getattr(converter, "converters", ())]
    checks = getattr(converter, "checks", ())
    return any(check.type in QUALIFIED_NAMES for check in checks) or any(map(_is_of_names, filter(None, parts)))


def _plain(value: Any, field: Field, done: Mapping[int, dict[str, Any]]) -> Any:
    if field.many and isinstance(value, list):
        return [_plain_item(one, field, done) for one in value]
    return _plain_item(value, field, done)


def _plain_item(value: Any, field: Field, done: Mapping[int, dict[str, Any]]) -> Any:
    if isinstance(value, Element):
        plain = done[id(value)]
        return {CLASS: type(value).__name__, **plain} if isinstance(field, Content) else plain
    if isinstance(value, AnyElement):
        return done[id(value)]
    return _plain_value(value, field.converter)


def _plain_value(value: Any, converter: Any) -> Any:
    if isinstance(value, list):
        item = getattr(_writer_of(value, converter), "item", None)
        return [_plain_value(one, item) for one in value]
    if isinstance(value, Token):
        return str(value)
    if value is None or isinstance(value, (bool, int, dict)) or type(value) is str:
        return value
    if isinstance(value, float) and isfinite(value):
        return value
    return converter.format(value) if converter else str(value)


def _writer_of(value: list[Any], converter: Any) -> Any:
    """The alternative of a choice that writes a list."""
    for alternative in getattr(converter, "converters", ()):
        with suppress(ValueError):
            alternative.format(value)
            return alternative
    return converter


def from_dict(kind: type[E], data: Mapping[str, Any]) -> E:
    """Returns the object from which `to_dict` makes `data`.

    Raises:
        ValueError: a key is not a field, a value is wrong, a required field is missing, or dictionaries are nested
            deeper than the elements of a document can be. The message begins with the path.
        TypeError: `kind` is not a generated class.
    """
    if not (isinstance(kind, type) and issubclass(kind, Element)):
        raise TypeError(f"a generated class is expected, not {kind!r}")
    made: E = with_room(_object, (kind,), data, kind.__name__, 1)
    return made


def _object(kinds: tuple[type[Element], ...], data: Any, path: str, depth: int) -> Any:
    if not isinstance(data, Mapping):
        raise ValueError(f"{path}: {data!r} is not a dictionary")
    _check_depth(path, depth)
    kind = _kind(kinds, data, path)
    fields = {field.name: field for field in kind._fields}
    values: dict[str, Any] = {}
    preserved = None
    for name, value in data.items():
        if name == CLASS:
            continue
        if name == PREFIXES:
            preserved = Preserved()
            preserved.namespaces = _prefixes(value, f"{path}.{name}")
            continue
        if name not in fields:
            owner = path if path == kind.__name__ else f"{path}: {kind.__name__}"
            raise ValueError(f"{owner} has no field {name!r}{hint_at(str(name), fields)}")
        values[name] = _value(kind, fields[name], value, f"{path}.{name}", depth)
    for name, one in fields.items():
        if name not in values and one.default is MISSING and one.factory is None:
            raise ValueError(f"{path}.{name}: is required")
    made = kind(**values)
    if preserved is not None:
        made._preserved = preserved
    return made


def _prefixes(data: Any, path: str) -> dict[str | None, str]:
    if not isinstance(data, Mapping) or not all(isinstance(one, str) for pair in data.items() for one in pair):
        raise ValueError(f"{path}: {data!r} is not a dictionary of prefixes and namespaces")
    prefixes = {prefix or None: uri for prefix, uri in data.items()}
    try:
        check_prefixes(prefixes)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    return prefixes


def _check_depth(path: str, depth: int) -> None:
    if depth > DEEPEST:
        raise ValueError(f"{path}: objects are nested deeper than {DEEPEST}")


def _kind(kinds: tuple[type[Element], ...], data: Mapping[str, Any], path: str) -> type[Element]:
    """Of several classes that whose name is given, or whose deciding attribute has the right value."""
    if CLASS in data:
        named = [one for one in kinds if one.__name__ == data[CLASS]]
        if not named:
            raise ValueError(f"{path}: {data[CLASS]!r} is not one of {', '.join(one.__name__ for one in kinds)}")
        return named[0]
    if len(kinds) == 1:
        return kinds[0]
    for one in kinds:
        attribute, words = one._kinds or ("", ())
        field = next((field for field in one._fields if field.xml == attribute), None)
        if field is not None and data.get(field.name) in words:
            return one
    raise ValueError(f"{path}: nothing says which of {', '.join(one.__name__ for one in kinds)} it is")


def _value(owner: type[Element], field: Field, value: Any, path: str, depth: int) -> Any:
    if not field.many:
        return _item(owner, field, value, path, depth)
    if not isinstance(value, list):
        raise ValueError(f"{path}: {value!r} is not a list")
    items = []
    for index, one in enumerate(value):  # a comprehension would be one more call for each level
        items.append(_item(owner, field, one, f"{path}[{index}]", depth))
    return items


def _item(owner: type[Element], field: Field, value: Any, path: str, depth: int) -> Any:
    if isinstance(value, Mapping) and XML in value:
        return _xml(value, path, depth + 1)
    if isinstance(field, Content) and isinstance(value, str):
        return value
    kinds = classes_of(owner, field)
    if kinds:
        return _object(kinds, value, path, depth + 1)
    if field.converter is None:
        wanted: type = dict if isinstance(field, OpenAttributes) else bool if isinstance(field, Flag) else str
        if not isinstance(value, wanted):
            raise ValueError(f"{path}: {value!r} is no {wanted.__name__}")
        return value
    try:
        return _converted(value, field.converter)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path}: {error}") from None


def _xml(data: Mapping[str, Any], path: str, depth: int) -> AnyElement:
    _check_depth(path, depth)
    name, attributes, content = data[XML], data.get("attributes", {}), data.get("content", [])
    if not isinstance(name, str):
        raise ValueError(f"{path}: {name!r} is not a name of an element")
    if not isinstance(attributes, Mapping) or not all(
        isinstance(one, str) for pair in attributes.items() for one in pair
    ):
        raise ValueError(f"{path}: {attributes!r} is not a dictionary of names and texts")
    if not isinstance(content, list):
        raise ValueError(f"{path}: {content!r} is not a list")
    parts: list[AnyElement | str] = []
    for index, one in enumerate(content):
        place = f"{path}.content[{index}]"
        if isinstance(one, str):
            parts.append(one)
        elif isinstance(one, Mapping) and XML in one:
            parts.append(_xml(one, place, depth + 1))
        else:
            raise ValueError(f"{place}: {one!r} is neither a text nor an element")
    return AnyElement(name, attributes, parts)


def _converted(value: Any, converter: Any) -> Any:
    if isinstance(value, str):
        return converter.parse(value)
    if isinstance(value, list):
        if hasattr(converter, "item"):
            value = [_converted(one, converter.item) for one in value]
        for alternative in getattr(converter, "converters", ()):
            with suppress(ValueError, TypeError):
                return _converted(value, alternative)
    converter.format(value)
    return value


def to_json(target: Element, *, indent: int | None = 2) -> str:
    """Returns the result of `to_dict` as JSON. Raises what `to_dict` raises."""
    plain = to_dict(target)
    return _nested(type(target), lambda: json.dumps(plain, indent=indent, ensure_ascii=False))


def from_json(kind: type[E], text: str | bytes) -> E:
    """Returns the object for a JSON text. Raises what `from_dict` raises, and ValueError if the text is not JSON."""
    return from_dict(kind, _nested(kind, lambda: json.loads(text)))


def _nested(kind: type[Element], work: Callable[[], T]) -> T:
    try:
        return with_room(work)
    except RecursionError:
        raise ValueError(f"{kind.__name__}: objects are nested deeper than {DEEPEST}") from None


def walk(target: Element, kind: type[E] | None = None) -> Iterator[E]:
    """Yields the object and all objects inside it, in the order of the fields; with `kind`, only objects of that class.

    Raises:
        TypeError: `kind` is not a class of elements of the package, nor a union of such classes.
        ValueError: an object contains itself.
    """
    _check_object(target)
    if kind is not None:
        package = package_of(type(target))
        for one in kind if isinstance(kind, tuple) else get_args(kind) or (kind,):
            if not _may_be_found(one, package):
                hint = "; name the classes: the type of a content list is only for type checkers" if one is Any else ""
                raise TypeError(f"{one!r} is not a class of elements of {package}, nor a union of such classes{hint}")
    kinds: Any = object if kind is None else kind
    visited: Iterator[tuple[Any, bool]] = walked(target, _elements_inside)
    return (one for one, is_end in visited if not is_end and isinstance(one, kinds))


def _may_be_found(kind: Any, package: str) -> bool:
    """Also true for `Element` itself, and for a program's own class that extends one of the package."""
    if not isinstance(kind, type) or not issubclass(kind, Element):
        return kind is object
    return kind is Element or any(base.__module__.rpartition(".")[0] == package for base in kind.__mro__)


def _elements_inside(one: Element) -> list[Element]:
    return [item for item in inner(one) if isinstance(item, Element)]


def text_of(target: Element | AnyElement) -> str:
    """Returns all text in an element and in the elements inside it, without attributes, in the order of the fields.

    Raises:
        ValueError: an object contains itself, or a value is not one that the schema allows.
    """
    _check_object(target)
    return texts_in(target, _inside)


def _inside(one: Any) -> list[Any]:
    """The objects and texts in an object."""
    if isinstance(one, AnyElement):
        return one.content
    fields = [field for field in type(one)._fields if not isinstance(field, (Attribute, OpenAttributes, Flag))]
    values = ((field, getattr(one, field.name)) for field in fields)
    items = ((field, item) for field, value in values for item in (value if field.many else (value,)))
    return [
        item if isinstance(item, (Element, AnyElement)) else field.converter.format(item) if field.converter else item
        for field, item in items
        if item is not None
    ]


def find(target: Element, path: str) -> Any:
    """Returns the value at a path such as ``devices.disks[0].target.dev``.

    Raises:
        LookupError: there is no such field or item; the message has the part of the path that exists.
    """
    value: Any = target
    place = 0
    while place < len(path):
        step = _STEP.match(path, place)
        if step is None:
            raise LookupError(f"{path!r} is not a path: {path[place:]!r} is neither a name nor an index")
        done = path[:place] or type(target).__name__
        if step["index"] is not None:
            if not isinstance(value, list) or not -len(value) <= int(step["index"]) < len(value):
                raise LookupError(f"{done} has no item {step['index']}")
            value = value[int(step["index"])]
        else:
            names = [field.name for field in type(value)._fields] if isinstance(value, Element) else []
            if step["name"] not in names:
                raise LookupError(f"{done} has no {step['name']!r}{hint_at(step['name'], names)}")
            value = getattr(value, step["name"])
        place = step.end()
    return value


def differences(old: Element, new: Element, *, key: Callable[[Any], object] | None = None) -> list[Difference]:
    """Returns the differences between two objects of one class, in the order of the fields: none if they are equal.

    Items of lists are matched by position, or by the value that `key` returns for them.

    Raises:
        TypeError: the objects have different classes.
    """
    _check_object(old)
    if type(old) is not type(new):
        raise TypeError(f"{type(old).__name__} cannot be compared with {type(new).__name__}")
    return list(_differences(old, new, key))


def _differences(old: Element, new: Element, key: Callable[[Any], object] | None) -> Iterator[Difference]:
    inside: set[tuple[int, int]] = set()
    waiting: list[tuple[str, Any, Any] | tuple[int, int]] = [("", old, new)]
    while waiting:
        visit = waiting.pop()
        if len(visit) == 2:
            inside.discard(visit)
            continue
        path, one, other = visit
        if isinstance(one, Element) and type(one) is type(other):
            if (id(one), id(other)) in inside:
                continue  # objects that hold themselves are equal if nothing else differs
            inside.add((id(one), id(other)))
            waiting.append((id(one), id(other)))
            names = [field.name for field in type(one)._fields]
            parts = [(f"{path}.{name}".lstrip("."), getattr(one, name), getattr(other, name)) for name in names]
        elif isinstance(one, list) and isinstance(other, list):
            parts = [(f"{path}[{index}]", *pair) for index, *pair in _pairs(one, other, key)]
        elif one != other:
            yield Difference(path, one, other)
            continue
        else:
            continue
        waiting += reversed(parts)


def _pairs(old: list[Any], new: list[Any], key: Callable[[Any], object] | None) -> Iterator[tuple[int, Any, Any]]:
    """Items with what they are matched with, and the index in the list that has them."""
    if key is None:
        for index in range(max(len(old), len(new))):
            yield index, old[index] if index < len(old) else None, new[index] if index < len(new) else None
        return
    keys = [key(one) for one in new]
    taken: set[int] = set()
    for index, one in enumerate(old):
        match = next((place for place, two in enumerate(keys) if place not in taken and two == key(one)), None)
        if match is not None:
            taken.add(match)
        yield index, one, None if match is None else new[match]
    yield from ((place, None, one) for place, one in enumerate(new) if place not in taken)
