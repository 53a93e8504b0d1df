"""Which names open content may have: name classes (specification section 3) as generated packages write them."""

from __future__ import annotations


class Names:
    """``"*"`` is any name, ``"{uri}*"`` any of a namespace, ``"{}*"`` any in none; others stand for themselves. What
    ``but`` has is left out. ``names | others`` has what either of them has."""

    __slots__ = ("_alternatives",)

    def __init__(self, *names: str, but: Names | None = None) -> None:
        self._alternatives: tuple[tuple[frozenset[str], Names | None], ...] = ((frozenset(names), but),)

    def __or__(self, others: Names) -> Names:
        union = Names()
        union._alternatives = self._alternatives + others._alternatives
        return union

    def __contains__(self, name: str) -> bool:
        like = {"*", name, f"{name[: name.rfind('}') + 1] or '{}'}*"}
        return any(not names.isdisjoint(like) and (but is None or name not in but) for names, but in self._alternatives)


ANY_NAME = Names("*")
NO_NAME = Names()
