"""Automata for regular expressions, whose states are made when a text reaches them.

The time for a text grows with its length times the size of the expression, and memory is bounded. A state is the set of
all that may be left of the expression after the text so far (Antimirov's partial derivatives), so nothing has to be
tried and given up, and nothing is made of an expression that no text needs.
"""

from __future__ import annotations

from itertools import chain

from .expression import Characters, Choice, Empty, Expression, Repetition, Sequence, is_nullable, items_of

REMEMBERED_STEPS = 50_000
"""An automaton remembers so many steps between states; then it forgets all of them, and goes on."""


class Automaton:
    """A deterministic automaton whose states are made when a text reaches them, in bounded memory."""

    def __init__(self, tree: Expression) -> None:
        self._continuations = Continuations(tree)
        self._states: dict[Position, _State] = {}
        self._steps = 0
        self._start = self._state(self._continuations.start)

    def matches(self, text: str) -> bool:
        """Whether the expression matches the whole text."""
        state = self._start
        for character in text:
            state = state[character]
            if not state.steps and not state.accepts:
                return False
        return state.accepts

    def following(self, state: _State, character: str) -> _State:
        """The state after one more character; `_State` remembers it."""
        reached = frozenset(chain.from_iterable(rests for chars, rests in state.steps.items() if character in chars))
        if self._steps > REMEMBERED_STEPS:
            return self._state(self._forget(reached))
        self._steps += 1
        following = state[character] = self._state(reached)
        return following

    def _state(self, position: Position) -> _State:
        found = self._states.get(position)
        if found is None:
            found = self._states[position] = _State(self, position)
            self._steps += 1 + len(position)
        return found

    def _forget(self, position: Position) -> Position:
        for state in self._states.values():
            state.clear()
        self._states = {}
        self._steps = 0
        kept = self._continuations.forget(position)
        self._start = self._state(self._continuations.start)
        return kept

    @property
    def remembered(self) -> int:
        """How much is remembered: states, and steps between them."""
        return self._steps

    def opened(self, position: Position) -> tuple[Steps, bool]:
        """See `Continuations.opened`."""
        return self._continuations.opened(position)


class _State(dict[str, "_State"]):
    """The next states by characters, so far as texts have needed them."""

    __slots__ = ("_automaton", "accepts", "steps")

    def __init__(self, automaton: Automaton, position: Position) -> None:
        super().__init__()
        self._automaton = automaton
        self.steps, self.accepts = automaton.opened(position)

    def __missing__(self, character: str) -> _State:
        return self._automaton.following(self, character)


class Continuation:
    """What is left of a pattern: ``body`` at least ``least`` and at most ``most`` times, and then ``rest``, which is
    None at the end."""

    __slots__ = ("body", "free", "least", "most", "rest", "steps")

    def __init__(self, body: Expression, least: int, most: int | None, rest: Continuation | None) -> None:
        self.body = body
        self.least = least
        self.most = most
        self.rest = rest
        self.steps: list[Step] = []
        self.free: list[Continuation | None] | None = None
        """See `Continuations.opened`, which sets both when they are needed."""


Position = frozenset[Continuation | None]
"""All that may be left of a pattern after a text; empty where no text that begins so matches."""

Step = tuple[Characters, Continuation | None]
"""The characters that may come next, and what is left after one of them."""

Steps = dict[Characters, list[Continuation | None]]


class Continuations:
    """The positions of a pattern, made as a text reaches them (Antimirov's partial derivatives).

    Counts are counted down: ``a{4294967294}`` costs no more than ``a`` until texts are that long. Each continuation
    exists once, so that positions can be compared.
    """

    def __init__(self, tree: Expression) -> None:
        self._tree = _Strict().of(tree)
        self._made: dict[tuple[int, int, int | None, int], Continuation] = {}

    @property
    def start(self) -> Position:
        return frozenset((self._continuation(self._tree, 1, 1, None),))

    def opened(self, position: Position) -> tuple[Steps, bool]:
        """Each set of characters that may come next, with what is left after it; and whether the text may end here."""
        steps: Steps = {}
        waiting = list(position)
        seen = set(waiting)
        while waiting:
            continuation = waiting.pop()
            if continuation is None:
                continue
            if continuation.free is None:
                continuation.steps, continuation.free = self._beginnings(continuation)
            for characters, rest in continuation.steps:
                if characters in steps:
                    steps[characters].append(rest)
                else:
                    steps[characters] = [rest]
            for following in continuation.free:
                if following not in seen:
                    seen.add(following)
                    waiting.append(following)
        return steps, None in seen

    def _beginnings(self, continuation: Continuation) -> tuple[list[Step], list[Continuation | None]]:
        """The characters that a continuation begins with, and the continuations that it may be without a character."""
        steps: list[Step] = []
        body, least, most, rest = continuation.body, continuation.least, continuation.most, continuation.rest
        free = [rest] if least == 0 else []
        if most is None or most > 1:
            rest = self._continuation(body, max(least - 1, 0), None if most is None else most - 1, rest)
        waiting: list[tuple[Expression, Continuation | None]] = [(body, rest)]
        while waiting:
            tree, rest = waiting.pop()
            match tree:
                case Characters():
                    steps.append((tree, rest))
                case Sequence():
                    waiting.append((tree.first, self._part(tree.second, rest)))
                case Choice():
                    waiting.extend((branch, rest) for branch in tree.branches)
                case Repetition() | Empty():
                    free.append(self._part(tree, rest))
        return steps, free

    def _part(self, tree: Expression, rest: Continuation | None) -> Continuation | None:
        if isinstance(tree, Empty):
            return rest
        if isinstance(tree, Repetition):
            return rest if tree.most == 0 else self._continuation(tree.body, tree.least, tree.most, rest)
        return self._continuation(tree, 1, 1, rest)

    def _continuation(self, body: Expression, least: int, most: int | None, rest: Continuation | None) -> Continuation:
        # Identities serve as keys, since each entry keeps its rest alive, and the tree all bodies.
        key = (id(body), least, most, id(rest))
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = Continuation(body, least, most, rest)
        return found

    def forget(self, position: Position) -> Position:
        """Frees all continuations, and returns `position` made anew."""
        self._made = {}
        return frozenset(map(self._again, position))

    def _again(self, continuation: Continuation | None) -> Continuation | None:
        chain: list[Continuation] = []
        while continuation is not None:
            chain.append(continuation)
            continuation = continuation.rest
        result: Continuation | None = None
        for part in reversed(chain):
            result = self._continuation(part.body, part.least, part.most, result)
        return result


class _Strict:
    """Rewrites trees so that no repeated body may be empty: ``(a?){40}`` is ``a{0,40}``.

    Then a count goes down only with a character, and a position is reached without walking through empty rounds.
    """

    def __init__(self) -> None:
        self._strict: dict[int, Expression] = {}
        self._non_empty: dict[int, Expression] = {}

    def of(self, tree: Expression) -> Expression:
        found = self._strict.get(id(tree))
        if found is None:
            found = self._strict[id(tree)] = self._made(tree)
        return found

    def _made(self, tree: Expression) -> Expression:
        match tree:
            case Sequence():
                *items, result = map(self.of, items_of(tree))
                for item in reversed(items):
                    result = Sequence(item, result)
                return result
            case Choice():
                return Choice(tuple(map(self.of, tree.branches)))
            case Repetition():
                if is_nullable(tree.body):
                    return Repetition(self.non_empty(tree.body), 0, tree.most)
                return Repetition(self.of(tree.body), tree.least, tree.most)
            case _:
                return tree

    def non_empty(self, tree: Expression) -> Expression:
        """The expression that matches the same texts but for the empty one."""
        found = self._non_empty.get(id(tree))
        if found is None:
            found = self._non_empty[id(tree)] = self._made_non_empty(tree) if is_nullable(tree) else self.of(tree)
        return found

    def _made_non_empty(self, tree: Expression) -> Expression:
        match tree:
            case Sequence():
                *items, last = items_of(tree)
                result, tail = self.non_empty(last), self.of(last)
                for item in reversed(items):
                    result = Choice((Sequence(self.non_empty(item), tail), result))
                    tail = Sequence(self.of(item), tail)
                return result
            case Choice():
                return Choice(tuple(map(self.non_empty, tree.branches)))
            case Repetition() if tree.most != 0:
                body = self.non_empty(tree.body)
                return Sequence(body, Repetition(body, 0, None if tree.most is None else tree.most - 1))
            case _:
                return Choice(())
