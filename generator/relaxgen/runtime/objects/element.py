"""The base of all generated classes: what every object can do, whatever its fields are.

Generated classes have ``__slots__`` and a keyword-only ``__init__``; they become dataclasses to the
standard library (`dataclasses.replace`, `asdict`, `fields`) only when somebody asks, since building the description
of some hundred classes at import would cost more than parsing a document.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, SupportsIndex, TypeVar

from .fields import Attribute, Child, ChildOrder, Content, Flag, Open, OpenAttributes

if TYPE_CHECKING:
    from dataclasses import Field as DataclassField
    from inspect import Signature

    from .fields import Field
    from .preserved import Preserved, Unknown

T = TypeVar("T", bound="Element")

MISSING: Any = object()
"""Stands in a required field until parsing has found its value; no finished object holds it."""

new = object.__new__
"""Makes an object without its constructor: parsing sets every field itself."""


class _ElementType(type):
    """Gives a class its slots, one for each field of its own, and all its fields: its own attributes, those that it
    inherits, then everything else."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> _ElementType:
        own: tuple[Field, ...] = namespace.get("_fields", ())
        namespace.setdefault("__slots__", tuple([field.name for field in own]))
        inherited: tuple[Field, ...] = getattr(bases[0], "_fields", ()) if bases else ()
        if own and inherited:
            attributes = [field for field in own if isinstance(field, Attribute)]
            namespace["_fields"] = (*attributes, *inherited, *own[len(attributes) :])
        elif inherited:
            namespace.pop("_fields", None)
        return super().__new__(mcs, name, bases, namespace)

    if not TYPE_CHECKING:
        # To type checkers a class is called as its constructor says.

        def __call__(cls, /, *positional: object, **keywords: object) -> Any:
            """`dataclasses.replace` hands over what the object remembers together with its fields."""
            try:
                if "_preserved" not in keywords:
                    return _construct(cls, *positional, **keywords)
                preserved = keywords.pop("_preserved")
                made = _construct(cls, *positional, **keywords)
                made._preserved = preserved
                return made
            except TypeError:
                mistake = _mistake(cls, positional, keywords)
                if mistake:
                    raise TypeError(mistake) from None
                raise

        @property
        def __signature__(cls) -> Signature:
            """With the keywords that a constructor hands on to that of its base, each by itself."""
            from inspect import Parameter, signature

            constructor = signature(cls.__init__)
            parameters = list(constructor.parameters.values())[1:]
            above = cls.__base__
            if isinstance(above, _ElementType) and parameters and parameters[-1].kind is Parameter.VAR_KEYWORD:
                known = {**signature(above).parameters, **{one.name: one for one in parameters[:-1]}}
                fields = [known.pop(field.name) for field in cls._fields if field.name in known]
                parameters = [*known.values(), *fields]
            return constructor.replace(parameters=parameters)


_construct = type.__call__


def _mistake(owner: type, positional: Collection[object], keywords: Collection[str]) -> str:
    """What is wrong with a constructor's keywords, under the name of the class that was called; else empty."""
    from inspect import Parameter, signature

    from ..spelling import nearest

    parameters = signature(owner).parameters
    kinds = {one.kind for one in parameters.values()}
    if Parameter.VAR_KEYWORD in kinds:
        return ""
    if positional and kinds <= {Parameter.KEYWORD_ONLY}:
        return f"{owner.__name__}() takes no positional arguments"
    meant = [(word, nearest(word, parameters)) for word in keywords if word not in parameters]
    if not meant:
        return ""
    words = " and ".join(f"{word!r} (did you mean {near!r}?)" if near else repr(word) for word, near in meant)
    what = "an unexpected keyword argument" if len(meant) == 1 else "unexpected keyword arguments"
    return f"{owner.__name__}() got {what} {words}"


class _DataclassFields:
    """``__dataclass_fields__``, built from the constructor's signature on first use of a class."""

    def __init__(self) -> None:
        self._built: dict[type, dict[str, Any]] = {}

    def __get__(self, instance: object, owner: type) -> dict[str, Any]:
        if owner not in self._built:
            self._built[owner] = _dataclass_fields(owner)
        return self._built[owner]


def _dataclass_fields(owner: type) -> dict[str, Any]:
    import dataclasses
    import inspect

    if owner is Element:
        # `make_dataclass` names its own class; only the fields of the class itself count.
        return {}
    parameters = inspect.signature(owner).parameters.values()
    specifications: list[Any] = []
    for parameter in parameters:
        if parameter.default is parameter.empty:
            field = dataclasses.field(kw_only=True)
        elif parameter.default == () and not isinstance(parameter.default, str):
            field = dataclasses.field(default_factory=list, kw_only=True)
        else:
            field = dataclasses.field(default=parameter.default, kw_only=True)
        specifications.append((parameter.name, parameter.annotation, field))
    # No field, but something that a copy is made with.
    specifications.append(("_preserved", dataclasses.InitVar[object], dataclasses.field(default=None, kw_only=True)))
    model = dataclasses.make_dataclass(owner.__name__, specifications)
    fields: dict[str, Any] = vars(model)["__dataclass_fields__"]
    return fields


class Element(metaclass=_ElementType):
    """An element of a document, with its attributes and children as fields.

    Two objects are equal when they are of one class and all fields are. What a document had beyond its fields (the
    order of children, unusual spellings, namespace declarations, what the schema does not know) is remembered for
    formatting; it survives copying and pickling and plays no part in comparisons.
    """

    __slots__ = ("_preserved",)
    __match_args__ = ()
    __hash__ = None  # type: ignore[assignment]  # objects are mutable

    _preserved: Preserved | None
    _fields: ClassVar[tuple[Field, ...]] = ()
    _order: ClassVar[ChildOrder] = ChildOrder.ONE
    _element: ClassVar[tuple[str, str, str]] = ("", "", "")
    """The name of the element, the name in its functions, and its entry in the grammar."""
    _kinds: ClassVar[tuple[str, tuple[str | None, ...]] | None] = None
    """Of a class in a union: the attribute that decides, and its values that decide for this class."""
    if TYPE_CHECKING:
        __dataclass_fields__: ClassVar[dict[str, DataclassField[Any]]]
    else:
        __dataclass_fields__ = _DataclassFields()

    def __init__(self) -> None:
        self._preserved = None

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, field.name) == getattr(other, field.name) for field in type(self)._fields)

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self._set_fields())
        return f"{type(self).__name__}({fields})"

    def __rich_repr__(self) -> Iterator[tuple[str, object]]:
        yield from self._set_fields()

    def _set_fields(self) -> Iterator[tuple[str, object]]:
        """What differs from a constructor's defaults: a yes-or-no that says no is set, an element that is not there
        is not."""
        for field in type(self)._fields:
            value = getattr(self, field.name)
            if value is None or (isinstance(field, Flag) and not value):
                continue
            if isinstance(field, (Child, Open, OpenAttributes, Content)) and (value == [] or value == {}):
                continue
            yield field.name, value

    def __reduce_ex__(self, protocol: SupportsIndex) -> str | tuple[Any, ...]:
        """Protocols 0 and 1 know nothing of slots; what protocol 2 does they can carry."""
        return super().__reduce_ex__(max(2, protocol.__index__()))

    def __replace__(self: T, /, **changes: Any) -> T:
        """For `copy.replace`: a copy with some fields changed; what was remembered stays."""
        values = {field.name: getattr(self, field.name) for field in type(self)._fields}
        copy = type(self)(**{**values, **changes})
        copy._preserved = self._preserved
        return copy

    @property
    def unknown(self) -> tuple[Unknown, ...]:
        """What the document said here that the schema does not know; only after parsing with ``unknown="keep"``."""
        return self._preserved.unknown() if self._preserved is not None else ()


def annotation_of(owner: type[Element], field: Field) -> str:
    """How the class, or the one that it has the field from, declares it."""
    return next(str(one.__annotations__[field.name]) for one in owner.__mro__ if field.name in one.__dict__)
