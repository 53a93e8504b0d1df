"""A class with everything inside, as an indented tree with aligned columns.

    <disk>  Disk                             define disk
      @type         type      DiskType       optional  block, dir, file … 4 more
      <driver>      driver    DiskDriver     optional  define diskspec
        @name       name      string         optional
      <address>     address   Address        optional  one of 10 classes by @type; see /domain/devices/tpm/address

A class is shown in full once, at the place nearest to the top; elsewhere a note refers to that place. The define of a
field is shown if it differs from the define around it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..binding.model import ClassModel, ClassReference, FieldKind, FieldModel, UnionModel
from .model_index import ModelIndex
from .short_text import INDENT, cut_list, short_type

_GAP = "  "
_WIDEST = 34
"""A longer text is wider than its column."""


@dataclass(frozen=True, slots=True)
class Top:
    """The class or union at the top of a tree, and its path."""

    path: str
    subject: ClassModel | UnionModel


@dataclass(frozen=True, slots=True)
class _Row:
    """One line. ``inside`` is the class or union that it opens, ``path`` its path, ``define`` its define. ``depth``
    is 1 for a line below another line of its block."""

    columns: tuple[str, ...]
    notes: tuple[str, ...]
    path: str = ""
    define: str = ""
    inside: str = ""
    depth: int = 0


def tree_lines(index: ModelIndex, tops: Sequence[Top]) -> Iterator[str]:
    tree = _Tree(index, _nearest_places(index, tops))
    for number, top in enumerate(tops):
        if number:
            yield ""
        yield from tree.lines(top)


def _nearest_places(index: ModelIndex, tops: Sequence[Top]) -> Mapping[str, str]:
    """The path at which each class or union is shown in full. Breadth first finds the nearest place."""
    places: dict[str, str] = {}
    queue: list[tuple[str, str]] = []
    for top in tops:
        if top.subject.name not in places:
            places[top.subject.name] = top.path
            queue.append((top.subject.name, top.path))
    while queue:
        inner: list[tuple[str, str]] = []
        for name, path in queue:
            for owner in index.members(name):
                for field in owner.fields:
                    for xml_name, reference in field.references:
                        place = f"{path}/{index.xml_name(xml_name)}"
                        if reference.name not in places:
                            places[reference.name] = place
                            inner.append((reference.name, place))
        queue = inner
    return places


class _Tree:
    def __init__(self, index: ModelIndex, places: Mapping[str, str]) -> None:
        self._index = index
        self._places = places
        self._opened: set[str] = set()

    def lines(self, top: Top) -> Iterator[str]:
        subject = top.subject
        define = self._index.members(subject.name)[0].define
        notes = [f"define {define}"] if define else []
        label = f"<{self._index.xml_name(subject.xml_name)}>"
        yield _joined((label, subject.name), (*notes, *self._notes(subject.name, top.path)))
        if self._places[subject.name] == top.path:
            yield from self._inside(subject.name, top.path, define, 1)

    def _inside(self, name: str, path: str, define: str, level: int) -> Iterator[str]:
        if name in self._opened:
            return
        self._opened.add(name)
        union = self._index.unions.get(name)
        if union is None:
            yield from self._block(self._rows(self._index.classes[name], path, define), level)
            return
        for variant in union.variants:
            discriminator = self._index.attribute(union.discriminator)
            yield INDENT * level + f"where {discriminator} is {cut_list(variant.tokens, 5)}:  {variant.name}"
            yield from self._block(self._rows(self._index.classes[variant.name], path, define), level + 1)

    def _block(self, rows: Iterable[_Row], level: int) -> Iterator[str]:
        rows = list(rows)
        widths = [_width(column) for column in zip(*(row.columns for row in rows), strict=True)]
        for row in rows:
            columns = [text.ljust(width) for text, width in zip(row.columns, widths, strict=True)]
            yield INDENT * level + _joined(columns, row.notes)
            if row.inside and self._places[row.inside] == row.path:
                yield from self._inside(row.inside, row.path, row.define, level + row.depth + 1)

    def _rows(self, owner: ClassModel, path: str, around: str) -> Iterator[_Row]:
        for field in owner.fields:
            define = field.define or around
            notes = [f"define {define}"] if define != around else []
            if isinstance(field.type, ClassReference):
                yield self._child_row(field, field.type, path, define, notes)
            else:
                yield _Row(self._columns(field), (*notes, *self._value_notes(field)))
                yield from self._item_rows(field, path, around)

    def _child_row(
        self, field: FieldModel, reference: ClassReference, path: str, define: str, notes: Sequence[str]
    ) -> _Row:
        assert field.xml_name is not None, "a child has a name"
        place = f"{path}/{self._index.xml_name(field.xml_name)}"
        return _Row(self._columns(field), (*notes, *self._notes(reference.name, place)), place, define, reference.name)

    def _item_rows(self, field: FieldModel, path: str, define: str) -> Iterator[_Row]:
        """The elements of a content list, each on a line below."""
        for item in field.items:
            name = self._index.xml_name(item.xml_name)
            place = f"{path}/{name}"
            columns = (f"{INDENT}<{name}>", "", item.type.name, "")
            yield _Row(columns, self._notes(item.type.name, place), place, define, item.type.name, depth=1)

    def _columns(self, field: FieldModel) -> tuple[str, ...]:
        return self._index.label(field), field.name, short_type(field), str(field.cardinality)

    def _notes(self, name: str, place: str) -> tuple[str, ...]:
        notes = []
        union = self._index.unions.get(name)
        if union is not None:
            attribute = self._index.attribute(union.discriminator)
            notes.append(f"one of {len(union.variants)} classes by {attribute}")
        if self._places[name] != place:
            notes.append(f"see {self._places[name]}")
        elif name in self._opened:
            notes.append("see above")
        return tuple(notes)

    def _value_notes(self, field: FieldModel) -> Iterator[str]:
        enum = self._index.enum_of(field)
        if enum is not None:
            yield cut_list(enum[1])
        if field.since:
            yield f"since {field.since}"
        if field.kind is FieldKind.CONTENT and field.text:
            yield "with text"
        if field.open:
            yield "and other elements"


def _width(texts: Sequence[str]) -> int:
    """The width of a column without its longest names, which would push all others aside."""
    return max((len(text) for text in texts if len(text) <= _WIDEST), default=_WIDEST)


def _joined(columns: Sequence[str], notes: Sequence[str]) -> str:
    return _GAP.join((*columns, "; ".join(notes))).rstrip()
