"""What a grammar says, without how: equal texts are schemas that differ in nothing but their writing."""

from __future__ import annotations

import re

from relaxgen.relaxng import Grammar

from tests.relaxng.dump import dump_grammar

_PLACE = re.compile(r" @(\S*:)?\d+:\d+$", re.MULTILINE)
_GROUP = re.compile(r"^ *(group|choice|interleave)$")
_NO_CONTEXT = re.compile(r"^( *value token .*) ns \"[^\"]*\"$", re.MULTILINE)
_SUFFIX = re.compile(r"\.rn[cg]\"$", re.MULTILINE)


def normal_form(grammar: Grammar) -> str:
    """The dump without places and without the suffixes of files, each level of nothing but one group left out."""
    text = _NO_CONTEXT.sub(r"\1", _PLACE.sub("", dump_grammar(grammar)))
    lines = _SUFFIX.sub('"', text).splitlines()
    kept: list[str] = []
    removed: list[int] = []
    for number, line in enumerate(lines):
        depth = len(line) - len(line.lstrip())
        while removed and depth <= removed[-1]:
            removed.pop()
        if _GROUP.match(line) and _is_only_child(lines, number, depth):
            if not lines[number + 1].lstrip().startswith("#"):
                removed.append(depth)
                continue
            line = f"{' ' * depth}group"
        kept.append(line[2 * len(removed) :])
    return "\n".join(kept) + "\n"


def _is_only_child(lines: list[str], number: int, depth: int) -> bool:
    """Whether the group has one child, or is a group and the only child of what means a group by itself."""
    children = 0
    for line in lines[number + 1 :]:
        inner = len(line) - len(line.lstrip())
        if inner <= depth:
            break
        children += inner == depth + 2 and not line.lstrip().startswith("#")
    return children == 1
