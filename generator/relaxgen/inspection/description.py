"""The output of `relaxgen inspect`."""

from __future__ import annotations

from collections.abc import Iterator

from ..binding.model import ClassModel, EnumModel, FieldModel, Model, UnionModel
from .class_tree import Top, tree_lines
from .details import element_lines, enum_lines, field_lines
from .model_index import ModelIndex
from .model_paths import Part, find_parts


def describe(model: Model, path: str | None) -> Iterator[str]:
    """The lines that show the model, or the part of it that `path` leads to (see `model_paths` for the syntax).

    Raises:
        ConfigurationError: the path leads to nothing.
    """
    index = ModelIndex(model)
    if path is None or path.strip() == "/":
        yield from tree_lines(index, _roots(index))
        return
    for number, part in enumerate(find_parts(index, path)):
        if number:
            yield ""
        yield from _part_lines(index, part)


def _roots(index: ModelIndex) -> list[Top]:
    """Each class of a root element, once."""
    tops = {
        root.type.name: Top(f"/{index.xml_name(root.xml_name)}", index.element(root.type.name))
        for root in reversed(index.model.roots)
    }
    return list(reversed(tops.values()))


def _part_lines(index: ModelIndex, part: Part) -> Iterator[str]:
    match part.subject:
        case ClassModel() | UnionModel():
            yield from element_lines(index, part.subject)
            yield ""
            yield from tree_lines(index, [Top(part.path, part.subject)])
        case FieldModel():
            assert part.owner is not None, "a path leads to a field through its class"
            yield from field_lines(index, part.path, part.owner, part.subject)
        case EnumModel():
            yield from enum_lines(index, part.subject)
