"""Objects inside of objects, without recursion: what can be parsed can be compared, shown, copied and pickled.

Documents are up to 256 elements deep, and a program may be deep in calls of its own. Python stops at 1,000 calls, and
its `copy` and `pickle` need up to nine for each level. So these functions keep stacks of their own. A class that
overrides one of the methods is asked for its own result.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextvars import copy_context
from functools import cache
from threading import Thread
from typing import Any, SupportsIndex, TypeVar

DEEPEST = 256
"""Levels of elements that a document can have."""

DEEPEST_USUAL = 24
"""Levels that `pickle` can go down by itself, so that objects which share a part do so afterwards."""


T = TypeVar("T")


def with_room(work: Callable[[], T]) -> T:
    """The result of `work`, which may be done twice: where the calls of the program leave too few of those that Python
    allows, it is done on the stack of a thread of its own.

    Raises:
        RecursionError: that is too small, too.
    """
    try:
        return work()
    except RecursionError:
        outcome: list[T | BaseException] = []
        thread = Thread(target=copy_context().run, args=(_append_outcome, work, outcome))
        thread.start()
        thread.join()
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    return outcome[0]


def _append_outcome(work: Callable[[], T], outcome: list[T | BaseException]) -> None:
    try:
        outcome.append(work())
    except BaseException as error:  # raised in the thread that waits
        outcome.append(error)


class Nesting:
    """The base of objects that hold others of the kind, alone or in lists."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]  # objects are mutable

    def _held(self) -> Iterable[object]:
        """The values that may be such objects, or lists of them."""
        raise NotImplementedError

    def _compared(self, other: object) -> Iterable[tuple[object, object]] | None:
        """The pairs that have to be equal; None where `other` is of another kind."""
        raise NotImplementedError

    def _shown(self) -> Iterable[tuple[str, object]]:
        """What `repr` shows: the text before each value, and the value."""
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        if self._compared(other) is None:
            return NotImplemented
        return _are_equal(self, other)

    def __repr__(self) -> str:
        return "".join(_texts(self))

    def __copy__(self) -> Any:
        return _filled(object.__new__(type(self)), _state(self))

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        parts = [one for one in nested(self) if id(one) not in memo]
        for one in parts:
            memo[id(one)] = object.__new__(type(one))
        for one in parts:  # what they hold is in `memo`
            _filled(memo[id(one)], {name: copy.deepcopy(value, memo) for name, value in _state(one).items()})
        return memo[id(self)]

    def __reduce_ex__(self, protocol: SupportsIndex) -> str | tuple[Any, ...]:
        """Protocols 0 and 1 know nothing of slots; what protocol 2 does they can carry. Of what is deep, a table."""
        if not _is_deep(self):
            return super().__reduce_ex__(max(2, protocol.__index__()))
        parts = nested(self)
        places = {id(one): Place(place) for place, one in enumerate(parts)}
        table = [
            (type(one), {name: _with_places(value, places) for name, value in _state(one).items()}) for one in parts
        ]
        return from_table, (table,)


_equality: Any = Nesting.__eq__
# pytest lists the fields that differ where `__eq__` was made as `dataclasses` makes it.
_equality.__code__ = _equality.__code__.replace(co_filename="<string>")


class Place(int):
    """Stands for an object of a table."""

    __slots__ = ()


def from_table(table: list[tuple[type, dict[str, Any]]]) -> Any:
    """The first object of a table."""
    made: list[Any] = [object.__new__(kind) for kind, _ in table]
    for one, (_, state) in zip(made, table, strict=True):
        _filled(one, {name: _without_places(value, made) for name, value in state.items()})
    return made[0]


def _with_places(value: Any, places: dict[int, Place]) -> Any:
    if type(value) is list:
        return [_with_places(item, places) for item in value]
    return places[id(value)] if isinstance(value, Nesting) else value


def _without_places(value: Any, made: list[Any]) -> Any:
    if type(value) is list:
        return [_without_places(item, made) for item in value]
    return made[value] if type(value) is Place else value


def nested(root: Nesting) -> list[Nesting]:
    """The object and all that are in it, each once, before what it holds."""
    found: dict[int, Nesting] = {}
    waiting = [root]
    while waiting:
        one = waiting.pop()
        if id(one) not in found:
            found[id(one)] = one
            waiting += reversed(_inner(one))
    return list(found.values())


def inside_out(root: Nesting) -> list[Nesting]:
    """The object and all that are in it, each once, behind what it holds.

    Raises:
        ValueError: an object contains itself.
    """
    found: dict[int, Nesting] = {}
    for one, is_end in walked(root, lambda one: [] if id(one) in found else _inner(one)):
        if is_end:
            found.setdefault(id(one), one)
    return list(found.values())


def walked(root: T, inner: Callable[[T], Sequence[T]]) -> Iterator[tuple[T, bool]]:
    """Each object that `inner` leads to, twice: before what it holds, and, with True, behind that.

    Raises:
        ValueError: an object contains itself.
    """
    inside: set[int] = set()
    waiting = [(root, False)]
    while waiting:
        one, is_end = waiting.pop()
        if is_end:
            inside.discard(id(one))
        elif id(one) in inside:
            raise ValueError(f"the {type(one).__name__} contains itself")
        else:
            inside.add(id(one))
            waiting.append((one, True))
        yield one, is_end
        if not is_end:
            waiting += [(part, False) for part in reversed(inner(one))]


def _inner(one: Nesting) -> list[Nesting]:
    values = (item for value in one._held() for item in (value if type(value) is list else (value,)))
    return [value for value in values if isinstance(value, Nesting)]


def _is_deep(root: Nesting) -> bool:
    level = [root]
    for _ in range(DEEPEST_USUAL):
        level = [inner for one in level for inner in _inner(one)]
        if not level:
            return False
    return True


@cache
def _slots_of(kind: type) -> tuple[str, ...]:
    slots = (name for one in kind.__mro__ for name in one.__dict__.get("__slots__", ()))
    return tuple(name for name in slots if name != "__weakref__")


def _state(one: Any) -> dict[str, Any]:
    """All that the object has: slots, and what a class of a user's adds."""
    kind: type = type(one)
    state = {name: getattr(one, name) for name in _slots_of(kind) if hasattr(one, name)}
    return state | getattr(one, "__dict__", {})


def _filled(one: Any, state: dict[str, Any]) -> Any:
    for name, value in state.items():
        setattr(one, name, value)
    return one


def _are_equal(left: object, right: object) -> bool:
    """Two objects that hold themselves are equal if nothing else differs."""
    waiting, seen = [(left, right)], set[tuple[int, int]]()
    while waiting:
        one, other = waiting.pop()
        if isinstance(one, Nesting) and type(one).__eq__ is Nesting.__eq__:
            if (id(one), id(other)) in seen:
                continue
            seen.add((id(one), id(other)))
            pairs = one._compared(other)
            if pairs is None:
                return False
            waiting += pairs
        elif type(one) is list and type(other) is list:
            if len(one) != len(other):
                return False
            waiting += [pair for pair in zip(one, other, strict=True) if pair[0] is not pair[1]]
        elif one != other:
            return False
    return True


def _texts(root: Nesting) -> Iterator[str]:
    stack, around = [_pieces(root)], [id(root)]
    while stack:
        piece = next(stack[-1], None)
        if piece is None:
            stack.pop()
            around.pop()
        elif isinstance(piece, str):
            yield piece
        elif id(piece[0]) in around:
            yield "..."
        elif type(piece[0]) is list or (isinstance(piece[0], Nesting) and type(piece[0]).__repr__ is Nesting.__repr__):
            stack.append(_pieces(piece[0]))
            around.append(id(piece[0]))
        else:
            yield repr(piece[0])


def _pieces(value: Any) -> Iterator[str | tuple[object]]:
    """Texts, and values for which others stand."""
    if isinstance(value, Nesting):
        yield f"{type(value).__name__}("
        items = value._shown()
    else:
        yield "["
        items = (("", one) for one in value)
    for index, (label, one) in enumerate(items):
        yield f"{', ' if index else ''}{label}"
        yield (one,)
    yield ")" if isinstance(value, Nesting) else "]"
