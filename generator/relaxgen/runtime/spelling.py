"""How near two words are, for names and values that somebody may have misspelt."""

from __future__ import annotations

from collections.abc import Iterable

LONGEST = 80
"""Longer words are far from everything but themselves."""


def distance(word: str, other: str) -> int:
    """Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other."""
    if word == other:
        return 0
    if max(len(word), len(other)) > LONGEST:
        return LONGEST
    rows = [list(range(len(other) + 1))]
    for i, character in enumerate(word, 1):
        row = [i]
        for j, target in enumerate(other, 1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (character != target))
            if i > 1 and j > 1 and character == other[j - 2] and word[i - 2] == target:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]


def is_near(word: str, other: str) -> bool:
    """Whether one is likely a misspelling of the other: `extrenal`, `external`; differences of case do not count."""
    first, second = word.lower(), other.lower()
    if first == second:
        return True
    if min(len(first), len(second)) < 2:
        return False
    allowed = max(1, min(len(first), len(second)) // 3)
    return abs(len(first) - len(second)) <= allowed and distance(first, second) <= allowed


def by_nearness(word: str, others: Iterable[str]) -> list[str]:
    """The words, the likeliest to be meant first; words equally near keep their order."""
    lowered = word.lower()
    return sorted(dict.fromkeys(others), key=lambda other: distance(lowered, other.lower()))


def nearest(word: str, others: Iterable[str]) -> str:
    """The word that is likely meant; empty where none is near."""
    near = [other for other in by_nearness(word, others) if is_near(word, other)]
    return near[0] if near else ""
