"""Whether children that are in no order that the grammar allows are so in another one.

An object knows its children by name, and sometimes no one order of names is right for every object of its class. Then
the exact grammar decides: the search takes children of one field in the order that they have, and goes on with the
child that stands first of those that may come next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from .automaton import Automaton, State
from .document import Judge, Node
from .names import Path

ANY = "*"
"""In an order that was read: an element of a list, whatever its name."""

MOST_STEPS = 20_000
"""So many places are tried in vain in one element."""


def orders_in(
    root: Node,
    judge: Judge,
    automaton: Automaton,
    movable: Mapping[Path, frozenset[str]],
    read: Mapping[Path, set[tuple[str, ...]]],
) -> Mapping[int, tuple[int, ...]]:
    """The orders that mend elements, by the elements' ordinals: indexes among the children that are there. Elements in
    which more is wrong than the order are left as they are. ``movable`` are the names of children that may change
    places with others, by the paths of elements; all others of an element are of one list, and keep its order.

    ``read`` are the orders that documents had, by the paths of elements. Such an order is changed only if other values
    of attributes would make it right: then the values were edited since. Otherwise it was wrong when it was read, and
    is not repaired in silence."""
    found: dict[int, tuple[int, ...]] = {}
    for node in _inside_out(root):
        children = list(node.children())
        if (
            len(children) < 2
            or len(children) < len(node.content)
            or _is_right(node)
            or not all(map(_is_right, children))
            or (_was_read(node, children, read) and not _may_be_right(node, children, judge, automaton))
        ):
            continue
        order = valid_order(
            automaton, judge.begun(node, tuple(node.matches)), children, movable.get(_path_of(node), frozenset())
        )
        if order is not None:
            found[node.ordinal] = order
            node.content = [children[index] for index in order]
            judge.judge(node, tuple(node.matches))
    return found


def _was_read(node: Node, children: Sequence[Node], read: Mapping[Path, set[tuple[str, ...]]]) -> bool:
    names = [child.name for child in children]
    return any(
        len(order) == len(names) and all(one in (ANY, name) for one, name in zip(order, names, strict=True))
        for order in read.get(_path_of(node), ())
    )


def _may_be_right(node: Node, children: Sequence[Node], judge: Judge, automaton: Automaton) -> bool:
    """Whether the children are in an order that is right for some values of the element's attributes."""
    state = judge.begun_with_any_values(node, tuple(node.matches))
    for child in children:
        state = _after(automaton, state, child)
    return bool(state.accepting)


def _inside_out(root: Node) -> Iterator[Node]:
    """Children before parents."""
    found, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting.extend(node.children())
    return reversed(found)


def _path_of(node: Node) -> Path:
    names, current = [], node
    while True:
        names.append(current.name)
        if current.parent is None:
            return tuple(reversed(names))
        current = current.parent


def _is_right(node: Node) -> bool:
    return any(node.matches.values())


class _Step(NamedTuple):
    """``taken`` is how many children of each field have their place; ``child`` is the one that was placed last."""

    state: State
    taken: tuple[int, ...]
    child: int
    choices: Iterator[tuple[int, int]]


def valid_order(
    automaton: Automaton, start: State, children: Sequence[Node], movable: frozenset[str]
) -> tuple[int, ...] | None:
    """Indexes of all `children`, in an order that leads from `start` to an end; None where none is found."""
    queues: dict[str, list[int]] = {}
    for index, child in enumerate(children):
        queues.setdefault(child.name if child.name in movable else "", []).append(index)
    waiting = list(queues.values())

    def step(state: State, taken: tuple[int, ...], child: int) -> _Step:
        counts = zip(waiting, taken, strict=True)
        choices = [(queue[count], name) for name, (queue, count) in enumerate(counts) if count < len(queue)]
        return _Step(state, taken, child, iter(sorted(choices)))

    steps = [step(start, (0,) * len(waiting), -1)]
    seen = {(start, steps[0].taken)}
    in_vain = 0
    while steps:
        last = steps[-1]
        if len(steps) > len(children) and last.state.accepting:
            return tuple(one.child for one in steps[1:])
        chosen = next(last.choices, None)
        if chosen is None:
            steps.pop()
            in_vain += 1
            if in_vain > MOST_STEPS:
                return None
            continue
        index, name = chosen
        state = _after(automaton, last.state, children[index])
        taken = (*last.taken[:name], last.taken[name] + 1, *last.taken[name + 1 :])
        if not state.is_dead and (state, taken) not in seen:
            seen.add((state, taken))
            steps.append(step(state, taken, index))
    return None


def _after(automaton: Automaton, state: State, child: Node) -> State:
    opening = automaton.open(state, child.name)
    matched = sum(child.matches[element] << index for index, element in enumerate(opening.elements))
    return automaton.after(opening, matched)
