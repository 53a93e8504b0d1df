"""What `relaxgen inspect` shows."""

from __future__ import annotations

from collections.abc import Iterator

from ..binding.model import ClassModel, EnumModel, FieldModel, Model, UnionModel
from .details import element_lines, enum_lines, field_lines
from .path import Part, find_parts
from .tree import Top, tree_lines
from .vocabulary import Vocabulary


def describe(model: Model, path: str | None) -> Iterator[str]:
    """The lines that show the model, or the part of it that `path` leads to (see `path` for what it may be).

    Raises:
        ConfigurationError: nothing stands at the path.
    """
    vocabulary = Vocabulary(model)
    if path is None or path.strip() == "/":
        yield from tree_lines(vocabulary, _roots(vocabulary))
        return
    for index, part in enumerate(find_parts(vocabulary, path)):
        if index:
            yield ""
        yield from _part_lines(vocabulary, part)


def _roots(vocabulary: Vocabulary) -> list[Top]:
    """Each class once that a document may begin with."""
    tops = {
        root.type.name: Top(f"/{vocabulary.xml_name(root.xml_name)}", vocabulary.element(root.type.name))
        for root in reversed(vocabulary.model.roots)
    }
    return list(reversed(tops.values()))


def _part_lines(vocabulary: Vocabulary, part: Part) -> Iterator[str]:
    match part.subject:
        case ClassModel() | UnionModel():
            yield from element_lines(vocabulary, part.subject)
            yield ""
            yield from tree_lines(vocabulary, [Top(part.path, part.subject)])
        case FieldModel():
            assert part.owner is not None, "a path leads to a field through its class"
            yield from field_lines(vocabulary, part.path, part.owner, part.subject)
        case EnumModel():
            yield from enum_lines(vocabulary, part.subject)
