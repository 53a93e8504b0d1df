"""What each release brought, where a schema or a bindings file says so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..binding.model import ClassModel, FieldKind, FieldModel, Model
from .field_wording import label
from .page_links import PageLinks
from .view import Link, Release


def releases_of(model: Model, links: PageLinks) -> tuple[Release, ...]:
    """The releases, the newest first; each with the paths that came with it, in their order."""
    found: dict[str, dict[str, Link]] = {}
    for version, link in _additions(model, links):
        found.setdefault(version, {}).setdefault(link.text, link)
    return tuple(
        Release(version, tuple(found[version][path] for path in sorted(found[version])))
        for version in sorted(found, key=_version_key, reverse=True)
    )


def _additions(model: Model, links: PageLinks) -> Iterator[tuple[str, Link]]:
    for one in model.classes:
        if one.since:
            yield one.since, Link(_path(one), links.href(one.name, ""), code=True)
        for field in one.fields:
            if field.since:
                path = f"{_path(one)}/{_step(field, model)}"
                yield field.since, Link(path, links.href(one.name, "", field), code=True)


def _path(one: ClassModel) -> str:
    return next(iter(one.paths), one.xml_name.local)


def _step(field: FieldModel, model: Model) -> str:
    name = label(field, model.prefixes)
    return name if field.kind is FieldKind.ATTRIBUTE else name.strip("<>")


def _version_key(version: str) -> tuple[tuple[int, str], ...]:
    """Numbers by their value, words after them: 9.0 < 10.0 < 10.0-rc1."""
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in re.findall(r"\d+|[^\W\d]+", version))
