"""The class model → pages with names, links, order and examples decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..binding.model import ClassModel, ClassReference, EnumModel, FieldKind, FieldModel, Model, UnionModel
from ..diagnostics.phrases import listed
from ..python.identifiers import class_identifier, field_identifier, identifiers_of_members
from ..python.module_names import ENUMS_MODULE
from ..python.release_table import ReleaseTable
from ..python.type_annotations import annotation_of
from ..relaxng.name_class import QName, prefixed
from ..relaxng.simplified_form import SimplifiedForm
from .back_links import BackLinks
from .diagram import Part, draw
from .examples import Examples
from .field_wording import blocks, default, in_line, label, summary, tokens_in, type_links, use
from .index_tree import IndexTree
from .page_links import PageLinks, anchor_of, functions_of
from .releases import releases_of
from .view import Block, EnumSection, Link, MemberRow, OverviewRow, Page, Row, SearchEntry, Section, Site, VariantRow

_MOST_TOKENS = 12
"""The number of allowed texts in a cell of a table. The enumeration lists all."""

_MOST_TITLES = 3


@dataclass(frozen=True, slots=True)
class SiteText:
    """What the owner of a schema says of it: a title in place of the elements, and an introduction, in paragraphs and
    lists as documentation in schemas has them."""

    title: str = ""
    introduction: str = ""


def build_site(
    model: Model,
    sources: Sequence[str],
    forms: Iterable[SimplifiedForm],
    suffix: str,
    text: SiteText,
    tables: Sequence[ReleaseTable] = (),
) -> Site:
    """``sources`` are the names of the schema files, ``forms`` the exact schemas that examples are made from, and
    ``suffix`` is that of the pages: ``.html`` or ``.md``. ``tables`` know what each release accepts."""
    links = PageLinks(model, suffix)
    site = _Builder(model, links, Examples(model, forms)).site(sources)
    releases = releases_of(model, links, tables)
    return replace(site, title=text.title or site.title, introduction=blocks(text.introduction), releases=releases)


class _Builder:
    def __init__(self, model: Model, links: PageLinks, examples: Examples) -> None:
        self._model = model
        self._links = links
        self._examples = examples
        self._back_links = BackLinks(model)
        self._classes = {one.name: one for one in model.classes}

    def site(self, sources: Sequence[str]) -> Site:
        modules = sorted(set(self._links.modules.values()), key=lambda module: (module == ENUMS_MODULE, module))
        pages = tuple(self._page(module) for module in modules)
        return Site(
            self._title(),
            ", ".join(sources),
            pages,
            IndexTree(self._model, self._links).roots(),
            tuple(sorted(self._entries(), key=lambda one: (one.name.casefold(), one.kind, one.place))),
            releases_path=f"releases{self._links.suffix}",
        )

    def _title(self) -> str:
        names = list(dict.fromkeys(f"<{root.xml_name.local}>" for root in self._model.roots))
        return listed(names, _MOST_TITLES)

    def _page(self, module: str) -> Page:
        here = [one for one in self._model.elements if self._links.module_of(one.name) == module]
        order = {one.name: index for index, one in enumerate(_in_reading_order(here))}
        sections = tuple(self._section(one, module) for one in sorted(here, key=lambda one: order[one.name]))
        enums = tuple(self._enum(one, module) for one in self._model.enums if self._links.module_of(one.name) == module)
        head = min(here, key=lambda one: (len(one.name), order[one.name]), default=None)
        text = "Enumerations that several modules share." if head is None else summary(head.documentation)
        return Page(module, self._links.path(module), text, sections, enums, self._overview(here, order, enums))

    def _overview(
        self,
        here: Sequence[ClassModel | UnionModel],
        order: Mapping[str, int],
        enums: Sequence[EnumSection],
    ) -> tuple[OverviewRow, ...]:
        """What is on a page, if that is more than one thing."""
        rows = [
            OverviewRow(self._links.link(one.name, self._links.module_of(one.name)), self._elements(one), text)
            for one in sorted(here, key=lambda one: order[one.name])
            for text in [summary(one.documentation)]
        ]
        rows += [OverviewRow(Link(one.name, f"#{one.name}"), "", _first_text(one.blocks)) for one in enums]
        return tuple(rows) if len(rows) > 1 else ()

    # Classes and unions

    def _section(self, one: ClassModel | UnionModel, module: str) -> Section:
        common = Section(
            class_identifier(one.name),
            self._elements(one),
            functions_of(one.union or one.name if isinstance(one, ClassModel) else one.name),
            blocks(one.documentation),
            one.since if isinstance(one, ClassModel) else "",
            one.paths,
            tuple(self._parents(one, module)),
            example=self._examples.of(one.name),
        )
        return (
            self._of_union(one, common, module) if isinstance(one, UnionModel) else self._of_class(one, common, module)
        )

    def _elements(self, one: ClassModel | UnionModel) -> str:
        """The names of the elements, a few of many."""
        names = [f"<{prefixed(name, self._model.prefixes)}>" for name in _names(one)]
        return ", ".join([*names[:MOST_ELEMENTS], *(["…"] if len(names) > MOST_ELEMENTS else [])])

    def _of_union(self, one: UnionModel, common: Section, module: str) -> Section:
        general = summary(one.documentation)
        variants = []
        for variant in one.variants:
            special = summary(self._classes[variant.name].documentation)
            meaning = "" if special == general else special
            variants.append(VariantRow(variant.tokens, self._links.link(variant.name, module), meaning))
        return replace(
            common, decided_by=f"@{prefixed(one.discriminator, self._model.prefixes)}", variants=tuple(variants)
        )

    def _of_class(self, one: ClassModel, common: Section, module: str) -> Section:
        rows = {
            kind: [self._row(one, field, module) for field in one.fields if field.kind in kinds]
            for kind, kinds in _TABLES.items()
        }
        where = None
        if one.discriminator is not None:
            where = f"@{prefixed(one.discriminator[0], self._model.prefixes)}", one.discriminator[1]
        return replace(
            common,
            union=self._links.link(one.union, module) if one.union else None,
            where=where,
            attributes=tuple(rows["attributes"]),
            text=tuple(rows["text"]),
            children=tuple(rows["children"]),
            diagram=draw(self._elements(one), self._parts(one, module)),
        )

    def _parts(self, one: ClassModel, module: str) -> list[Part]:
        """The child elements of a class to draw, with theirs."""
        parts = []
        for field in one.fields:
            if field.kind in _DRAWN:
                name = field.type.name if isinstance(field.type, ClassReference) else ""
                inside = self._classes.get(name)
                parts.append(self._part(field, name, module, self._below(inside, module) if inside else ()))
        return parts

    def _below(self, one: ClassModel, module: str) -> tuple[Part, ...]:
        return tuple(
            self._part(field, field.type.name if isinstance(field.type, ClassReference) else "", module)
            for field in one.fields
            if field.kind in _DRAWN
        )

    def _part(self, field: FieldModel, name: str, module: str, children: tuple[Part, ...] = ()) -> Part:
        href = self._links.href(name, module) if name else ""
        optional = not field.cardinality.required
        return Part(label(field, self._model.prefixes), href, optional, field.cardinality.many, children)

    def _parents(self, one: ClassModel | UnionModel, module: str) -> Iterator[Link]:
        for owner in dict.fromkeys(owner.name for owner, _ in self._back_links.of(one.name)):
            yield self._links.link(owner, module)

    def _row(self, owner: ClassModel, field: FieldModel, module: str) -> Row:
        tokens = tokens_in(field.type)
        target = field.type.name if isinstance(field.type, ClassReference) else ""
        return Row(
            anchor_of(owner.name, field),
            label(field, self._model.prefixes),
            self._links.href(target, module) if target else "",
            field_identifier(field.name),
            _annotation(field),
            type_links(field, self._links, module),
            tokens[:_MOST_TOKENS],
            max(0, len(tokens) - _MOST_TOKENS),
            use(field.cardinality),
            field.cardinality.required,
            *default(field),
            field.since,
            in_line(field.documentation) or self._documentation(target),
        )

    def _documentation(self, name: str) -> str:
        """The summary of a class, for a child without documentation."""
        found = self._classes.get(name) or self._model.union_named(name) if name else None
        return summary(found.documentation) if found is not None else ""

    # Enumerations

    def _enum(self, one: EnumModel, module: str) -> EnumSection:
        identifiers = identifiers_of_members(one)
        return EnumSection(
            class_identifier(one.name),
            functions_of(one.name),
            blocks(one.documentation),
            one.table,
            tuple(
                MemberRow(
                    member.token,
                    identifiers[member.token],
                    member.index,
                    member.constant,
                    not member.allowed,
                    in_line(member.documentation),
                )
                for member in one.members
            ),
            tuple(
                Link(
                    f"{class_identifier(owner.name)}.{field_identifier(field.name)}",
                    self._links.href(owner.name, module, field),
                )
                for owner, field in self._back_links.of(one.name)
            ),
        )

    # Search

    def _entries(self) -> Iterator[SearchEntry]:
        for one in self._model.elements:
            yield SearchEntry(
                "class", class_identifier(one.name), next(iter(one.paths), ""), self._links.href(one.name, "")
            )
            if not (isinstance(one, ClassModel) and one.union):
                for name in _names(one):
                    xml = f"<{prefixed(name, self._model.prefixes)}>"
                    place = next((path for path in one.paths if path.endswith(f"/{name.local}")), one.name)
                    yield SearchEntry("element", xml, place, self._links.href(one.name, ""))
        for enum in self._model.enums:
            yield SearchEntry("enum", class_identifier(enum.name), enum.table, self._links.href(enum.name, ""))
        for owner in self._model.classes:
            for field in owner.fields:
                if field.kind in (FieldKind.ATTRIBUTE, FieldKind.VALUE, FieldKind.FLAG):
                    kind = "attribute" if field.kind is FieldKind.ATTRIBUTE else "element"
                    place = next(iter(owner.paths), class_identifier(owner.name))
                    if owner.union:
                        place = f"{place} ({class_identifier(owner.name)})"
                    href = self._links.href(owner.name, "", field)
                    yield SearchEntry(kind, label(field, self._model.prefixes), place, href)


MOST_ELEMENTS = 3
"""The heading of a class lists at most this many elements."""


def _first_text(found: Sequence[Block]) -> str:
    return summary(found[0].text) if found else ""


def _names(one: ClassModel | UnionModel) -> tuple[QName, ...]:
    return (one.xml_name, *one.other_names) if isinstance(one, ClassModel) else (one.xml_name,)


_DRAWN = (FieldKind.CHILD, FieldKind.VALUE, FieldKind.FLAG)

_TABLES = {
    "attributes": (FieldKind.ATTRIBUTE, FieldKind.OPEN_ATTRIBUTES),
    "text": (FieldKind.TEXT,),
    "children": (
        FieldKind.CHILD,
        FieldKind.VALUE,
        FieldKind.FLAG,
        FieldKind.CHOICE,
        FieldKind.OPEN_ELEMENTS,
        FieldKind.CONTENT,
    ),
}


def _in_reading_order(here: Sequence[ClassModel | UnionModel]) -> list[ClassModel | UnionModel]:
    """The order of the schema, with each union before its classes."""
    unions = {one.name: one for one in here if isinstance(one, UnionModel)}
    ordered: list[ClassModel | UnionModel] = []
    for one in here:
        if isinstance(one, ClassModel):
            union = unions.pop(one.union, None)
            ordered += [union, one] if union is not None else [one]
    return ordered


def _annotation(field: FieldModel) -> str:
    """The annotation of the field in the generated class."""
    many, required = field.cardinality.many, field.cardinality.required
    match field.kind:
        case FieldKind.FLAG:
            return "bool"
        case FieldKind.OPEN_ATTRIBUTES:
            return "dict[str, str]"
        case FieldKind.OPEN_ELEMENTS | FieldKind.CONTENT:
            return "list"
        case FieldKind.CHOICE:
            inner = class_identifier(field.content_name)
        case _ if field.type is None:
            return "str"
        case _:
            inner = (
                class_identifier(field.type.name)
                if isinstance(field.type, ClassReference)
                else annotation_of(field.type)
            )
    if many:
        return f"list[{inner}]"
    always = field.implied is not None and field.implied.condition is None
    return inner if required or always else f"{inner} | None"
