"""The tree of elements that the index page shows.

Each class is shown in full once, at its shortest path from a root. Everywhere else it is a leaf with a link to its
page. So recursive content ends, shared content is not repeated, and the tree is no larger than the vocabulary.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from ..binding.model import ClassModel, FieldKind, FieldModel, Model, UnionModel
from ..relaxng.name_class import QName, prefixed
from .field_wording import label, summary, use
from .page_links import PageLinks
from .view import Node


class IndexTree:
    def __init__(self, model: Model, links: PageLinks) -> None:
        self._model = model
        self._links = links
        self._classes = {one.name: one for one in model.classes}
        self._unions = {one.name: one for one in model.unions}
        self._roots = list({(root.type.name, root.xml_name): root for root in model.roots}.values())
        self._shown_in = self._first_places()

    def roots(self) -> tuple[Node, ...]:
        return tuple(
            self._element(root.xml_name, root.type.name, "", "", ("", root.type.name), 0) for root in self._roots
        )

    def _first_places(self) -> dict[str, tuple[str, str]]:
        """The owner and the field under which each class or union is shown in full, the nearest to a root."""
        found: dict[str, tuple[str, str]] = {}
        queue = deque((("", root.type.name), root.type.name) for root in self._roots)
        while queue:
            place, name = queue.popleft()
            if name in found:
                continue
            found[name] = place
            for _, field in self._fields(name):
                queue.extend(((name, field.name), target.name) for _, target in field.references)
        return found

    def _fields(self, name: str) -> Iterator[tuple[ClassModel, FieldModel]]:
        """The child fields of a class, or of all classes of a union, each name once."""
        union = self._unions.get(name)
        members = [self._classes[variant.name] for variant in union.variants] if union else [self._classes[name]]
        seen: set[tuple[object, ...]] = set()
        for member in members:
            for field in member.fields:
                identity = (field.xml_name, field.type)
                if field.kind not in (FieldKind.ATTRIBUTE, FieldKind.TEXT) and identity not in seen:
                    seen.add(identity)
                    yield member, field

    def _element(
        self, xml_name: QName, name: str, note: str, documentation: str, place: tuple[str, str], depth: int
    ) -> Node:
        model: ClassModel | UnionModel = self._unions[name] if name in self._unions else self._classes[name]
        shown = self._shown_in.get(name) == place
        children = tuple(self._children(name, depth + 1)) if shown else ()
        has_children = any(True for _ in self._fields(name))
        if has_children and not shown:
            note = f"{note}, shown elsewhere" if note else "shown elsewhere"
        return Node(
            f"<{prefixed(xml_name, self._model.prefixes)}>",
            self._links.href(name, ""),
            note,
            summary(documentation or model.documentation),
            children,
            is_open=depth == 0 and len(self._roots) == 1,
        )

    def _children(self, name: str, depth: int) -> Iterator[Node]:
        for owner, field in self._fields(name):
            targets = field.references
            note = "" if use(field.cardinality) == "optional" else use(field.cardinality)
            for xml_name, target in targets:
                shown = note if len(targets) == 1 else ""
                yield self._element(xml_name, target.name, shown, field.documentation, (name, field.name), depth)
            if not targets and field.xml_name is not None:
                text = label(field, self._model.prefixes)
                yield Node(text, self._links.href(owner.name, "", field), note, summary(field.documentation))
