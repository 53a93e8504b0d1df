"""The data that templates of documentation get. All strings are plain text, not escaped. Links are relative to the
page that contains them."""

from __future__ import annotations

import json
from dataclasses import dataclass

from ..sampling.sample_element import Segment


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a list if there are ``items``."""

    text: str = ""
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A piece of text. ``href`` is empty if it is no link. ``code`` marks text in a formal language."""

    text: str
    href: str = ""
    code: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One field of a class in a table. ``xml`` is the name in documents, ``python`` the name of the field,
    ``annotation`` its type in Python. ``tokens`` are the allowed texts that are shown, ``more`` is the number of the
    others. ``default`` is the value if the field is left out, under ``condition`` if there is one."""

    anchor: str
    xml: str
    href: str
    python: str
    annotation: str
    type: tuple[Link, ...]
    tokens: tuple[str, ...]
    more: int
    use: str
    required: bool
    default: str
    condition: str
    since: str
    documentation: str


@dataclass(frozen=True, slots=True)
class Box:
    """One element in a drawing, in its coordinates."""

    x: float
    y: float
    width: float
    height: float
    text: str
    href: str
    is_optional: bool
    is_many: bool


@dataclass(frozen=True, slots=True)
class Diagram:
    """``lines`` are paths of SVG."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VariantRow:
    """A class of a union. ``tokens`` are the values of the deciding attribute that select it."""

    tokens: tuple[str, ...]
    link: Link
    summary: str


@dataclass(frozen=True, slots=True)
class Section:
    """A class or a union. ``functions`` are the names of the parse and format functions; members of a union share those
    of the union. ``where`` is the deciding attribute with its values, for a member of a union."""

    name: str
    xml: str
    functions: tuple[str, ...]
    blocks: tuple[Block, ...]
    since: str
    paths: tuple[str, ...]
    parents: tuple[Link, ...]
    union: Link | None = None
    where: tuple[str, tuple[str, ...]] | None = None
    decided_by: str = ""
    variants: tuple[VariantRow, ...] = ()
    attributes: tuple[Row, ...] = ()
    text: tuple[Row, ...] = ()
    children: tuple[Row, ...] = ()
    example: tuple[Segment, ...] = ()
    diagram: Diagram | None = None

    @property
    def example_text(self) -> str:
        return "".join(segment.text for segment in self.example)

    @property
    def has_meanings(self) -> bool:
        return any(variant.summary for variant in self.variants)

    @property
    def tables(self) -> tuple[Table, ...]:
        found = (
            Table("Attributes", "Attribute", self.attributes),
            Table("Text", "Text", self.text),
            Table("Content", "Element", self.children),
        )
        return tuple(table for table in found if table.rows)


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    subject: str
    rows: tuple[Row, ...]

    @property
    def has_defaults(self) -> bool:
        return any(row.default for row in self.rows)

    @property
    def has_since(self) -> bool:
        return any(row.since for row in self.rows)

    @property
    def has_meanings(self) -> bool:
        return any(row.documentation for row in self.rows)


@dataclass(frozen=True, slots=True)
class MemberRow:
    token: str
    python: str
    index: int
    constant: str
    sentinel: bool
    documentation: str


@dataclass(frozen=True, slots=True)
class EnumSection:
    name: str
    functions: tuple[str, ...]
    blocks: tuple[Block, ...]
    table: str
    members: tuple[MemberRow, ...]
    users: tuple[Link, ...]

    @property
    def has_constants(self) -> bool:
        return any(member.constant for member in self.members)

    @property
    def has_notes(self) -> bool:
        return any(member.sentinel or member.documentation for member in self.members)


@dataclass(frozen=True, slots=True)
class Page:
    """One module of the package. ``path`` is relative to the site."""

    name: str
    path: str
    summary: str
    sections: tuple[Section, ...]
    enums: tuple[EnumSection, ...]
    overview: tuple[OverviewRow, ...] = ()


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """What is on a page: a class with its element, or an enumeration."""

    link: Link
    xml: str
    summary: str


@dataclass(frozen=True, slots=True)
class Release:
    """What a release brought. ``additions`` are paths in documents, with links from the page of releases."""

    version: str
    additions: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """An element in the tree of the index page. ``note`` says how often it may occur, and whether it is shown in full
    elsewhere."""

    xml: str
    href: str
    note: str
    summary: str
    children: tuple[Node, ...] = ()
    is_open: bool = False

    @property
    def lines(self) -> tuple[tuple[int, Node], ...]:
        """The node and all below it, each with its depth."""
        found: list[tuple[int, Node]] = []
        waiting: list[tuple[int, Node]] = [(0, self)]
        while waiting:
            depth, node = waiting.pop()
            found.append((depth, node))
            waiting.extend((depth + 1, child) for child in reversed(node.children))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """An entry of the search. ``place`` distinguishes entries of the same name."""

    kind: str
    name: str
    place: str
    href: str


@dataclass(frozen=True, slots=True)
class Site:
    """``sources`` are the names of the schema files, for headers. ``introduction`` is the owner's; the page of
    ``releases`` exists where a release is known."""

    title: str
    sources: str
    pages: tuple[Page, ...]
    roots: tuple[Node, ...]
    entries: tuple[SearchEntry, ...]
    introduction: tuple[Block, ...] = ()
    releases: tuple[Release, ...] = ()
    releases_path: str = ""

    @property
    def counts(self) -> tuple[tuple[int, str], ...]:
        classes = sum(not section.variants for page in self.pages for section in page.sections)
        enums = sum(len(page.enums) for page in self.pages)
        return (classes, "class" if classes == 1 else "classes"), (
            enums,
            "enumeration" if enums == 1 else "enumerations",
        )

    @property
    def search_data(self) -> str:
        """The entries as JSON in ASCII, which is valid JavaScript, too."""
        lines = [json.dumps([one.kind, one.name, one.place, one.href]) for one in self.entries]
        return "[\n" + ",\n".join(lines) + "\n]"
