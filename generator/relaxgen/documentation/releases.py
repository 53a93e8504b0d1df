"""What each release brought: where a schema or a bindings file says so, and where a table of releases knows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..binding.model import ClassModel, FieldKind, FieldModel, Model
from ..python.release_table import ReleaseTable, version_key
from .field_wording import label
from .page_links import PageLinks
from .view import Link, Release


def releases_of(model: Model, links: PageLinks, tables: Sequence[ReleaseTable] = ()) -> tuple[Release, ...]:
    """The releases, the newest first; each with the paths that came with it, in their order. What an author says of a
    path comes before what a table has."""
    places = dict(_places(model, links))
    versions = dict(_said(model))
    for table in tables:
        for path, version in _new_in(table):
            versions.setdefault(path, version)
    found: dict[str, list[str]] = {}
    for path in sorted(versions):
        found.setdefault(versions[path], []).append(path)
    return tuple(
        Release(version, tuple(Link(path, _href(path, places), code=True) for path in found[version]))
        for version in sorted(found, key=version_key, reverse=True)
    )


def _said(model: Model) -> Iterator[tuple[str, str]]:
    for one in model.classes:
        if one.since:
            yield _path(one), one.since
        for field in one.fields:
            if field.since:
                yield f"{_path(one)}/{_step(field, model)}", field.since


def _new_in(table: ReleaseTable) -> Iterator[tuple[str, str]]:
    """What later releases than the oldest brought, without what came inside of something else."""
    first = {path: ranges[0][0] for path, ranges in table.paths.items() if ranges}
    for path, version in first.items():
        if version != table.releases[0] and first.get(_owner(path)) != version:
            yield path, version


def _owner(path: str) -> str:
    """The path of the element or attribute that contains this element, attribute or value."""
    return path.rpartition("=")[0] or path.rpartition("/")[0]


def _places(model: Model, links: PageLinks) -> Iterator[tuple[str, str]]:
    """Where a path is explained: the class, or the field."""
    for one in model.classes:
        for path in one.paths or (_path(one),):
            yield path, links.href(one.name, "")
            for field in one.fields:
                yield f"{path}/{_step(field, model)}", links.href(one.name, "", field)


def _href(path: str, places: Mapping[str, str]) -> str:
    return places.get(path) or places.get(_owner(path), "")


def _path(one: ClassModel) -> str:
    return next(iter(one.paths), one.xml_name.local)


def _step(field: FieldModel, model: Model) -> str:
    name = label(field, model.prefixes)
    return name if field.kind is FieldKind.ATTRIBUTE else name.strip("<>")
