"""Paths into a class model, and the parts that they lead to.

    path   step ("/" step)*, with or without a first "/"
    step   name | @name | text(), and predicates behind it in brackets
    name   local name, prefix:local or {uri}local

The first step is a root element, or the name of a class, a union or an enumeration. Predicates that choose among the
classes of a union (``[@type='pci']``) have a meaning. Other predicates are ignored, so that the path in a message about
a document (``/domain/devices/disk[2]/@snapshot``) can be used unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..binding.model import ClassModel, EnumModel, FieldKind, FieldModel, UnionModel
from ..diagnostics.errors import ConfigurationError, Diagnostic, did_you_mean, meant, nearest
from ..diagnostics.locations import SourceLocation
from ..diagnostics.phrases import listed
from .model_index import ModelIndex

_STEP = re.compile(r"((?:\{[^{}]*\})?[^/\[\]{}]+)((?:\[[^\[\]]*\])*)")
_DECISION = re.compile(r"""\[\s*@([^\s='"]+)\s*=\s*(?:'([^']*)'|"([^"]*)")\s*\]""")


@dataclass(frozen=True, slots=True)
class Part:
    """The end of a path. ``owner`` is the class around a ``subject`` that is a field. ``variants`` are the classes of a
    union that the path selects."""

    path: str
    subject: ClassModel | UnionModel | EnumModel | FieldModel
    owner: ClassModel | None = None
    variants: tuple[ClassModel, ...] = ()


@dataclass(frozen=True, slots=True)
class _Step:
    name: str
    predicates: str


def find_parts(index: ModelIndex, path: str) -> tuple[Part, ...]:
    """The parts that the path leads to: several if a step means different things in the classes of a union.

    Raises:
        ConfigurationError: there is no such part. The message names the nearest right one.
    """
    first, *rest = _steps(path)
    parts = tuple(_first_parts(index, first, path))
    for step in rest:
        parts = _step_into(index, parts, step)
    return parts


def _steps(path: str) -> list[_Step]:
    text = path.strip().removeprefix("/").removesuffix("/")
    steps: list[_Step] = []
    position = 0
    while True:
        match = _STEP.match(text, position)
        if match is None or text[match.end() : match.end() + 1] not in ("", "/"):
            raise _mistake(f"{path!r} is not a path of element names, such as domain/devices/disk or disk/@type")
        steps.append(_Step(match.group(1).strip().strip("<>"), match.group(2)))
        position = match.end() + 1
        if match.end() == len(text):
            return steps


def _first_parts(index: ModelIndex, step: _Step, path: str) -> Iterator[Part]:
    seen: set[str] = set()
    for root in index.model.roots:
        if step.name in index.spellings(root.xml_name) and root.type.name not in seen:
            seen.add(root.type.name)
            subject = index.element(root.type.name)
            yield from _chosen(index, f"/{index.xml_name(root.xml_name)}", subject, step)
    if seen:
        return
    subject_named = _named(index, step.name)
    if subject_named is None:
        raise _mistake(_unknown_start(index, step.name))
    if isinstance(subject_named, EnumModel):
        yield Part(step.name, subject_named)
    else:
        yield from _chosen(index, step.name, subject_named, step)


def _named(index: ModelIndex, name: str) -> ClassModel | UnionModel | EnumModel | None:
    return index.classes.get(name) or index.unions.get(name) or index.enums.get(name)


def _unknown_start(index: ModelIndex, name: str) -> str:
    elements = {one.xml_name.local: one.paths[0] for one in index.model.elements if one.paths}
    roots = [root.xml_name.local for root in index.model.roots]
    if name in elements:
        return f"{name!r} is not a root element{meant(elements[name])}"
    classes = [*index.classes, *index.unions, *index.enums]
    near = nearest(name, roots) or nearest(name, classes) or elements.get(nearest(name, elements), "")
    hint = meant(near) or f"; the root elements are: {listed(roots)}"
    return f"there is no root element and no class {name!r}{hint}"


def _step_into(index: ModelIndex, parts: Sequence[Part], step: _Step) -> tuple[Part, ...]:
    found = [inner for part in parts for inner in _inside(index, part, step)]
    if not found:
        raise _mistake(_unknown_step(index, parts, step))
    return tuple({(id(part.subject), part.variants): part for part in found}.values())


def _inside(index: ModelIndex, part: Part, step: _Step) -> Iterator[Part]:
    for owner in _classes_of(index, part):
        for field in owner.fields:
            for spelling, reference in _ways_in(index, field):
                if step.name != spelling:
                    continue
                path = f"{part.path}/{step.name}"
                if reference:
                    yield from _chosen(index, path, index.element(reference), step)
                else:
                    yield Part(path, field, owner)


def _ways_in(index: ModelIndex, field: FieldModel) -> Iterator[tuple[str, str]]:
    """Each way to write the step into a field, with the class or union that it leads to."""
    for name, reference in field.references:
        yield from ((spelling, reference.name) for spelling in index.spellings(name))
    if field.xml_name is None:
        yield index.label(field).strip("<>"), ""
    elif not field.references:
        mark = "@" if field.kind is FieldKind.ATTRIBUTE else ""
        yield from ((mark + spelling, "") for spelling in index.spellings(field.xml_name))


def _classes_of(index: ModelIndex, part: Part) -> tuple[ClassModel, ...]:
    match part.subject:
        case UnionModel():
            return part.variants or index.members(part.subject.name)
        case ClassModel():
            return (part.subject,)
        case _:
            return ()


def _chosen(index: ModelIndex, path: str, subject: ClassModel | UnionModel, step: _Step) -> Iterator[Part]:
    """The subject, or the class of a union that a predicate selects."""
    if isinstance(subject, UnionModel):
        for decision in _DECISION.finditer(step.predicates):
            name, token = decision.group(1), decision.group(2) or decision.group(3) or ""
            if name in index.spellings(subject.discriminator):
                yield Part(f"{path}[@{name}='{token}']", _variant(index, subject, token))
                return
    yield Part(path, subject)


def _variant(index: ModelIndex, union: UnionModel, token: str) -> ClassModel:
    for variant in union.variants:
        if token in variant.tokens:
            return index.classes[variant.name]
    tokens = [one for variant in union.variants for one in variant.tokens]
    hint = did_you_mean(token, tokens) or f"; there are: {listed(tokens)}"
    raise _mistake(f"no class of {union.name} has @{union.discriminator.local}={token!r}{hint}")


def _unknown_step(index: ModelIndex, parts: Sequence[Part], step: _Step) -> str:
    classes = [one for part in parts for one in _classes_of(index, part)]
    known = list(
        dict.fromkeys(
            spelling
            for one in classes
            for field in one.fields
            for spelling in dict(_ways_in(index, field))
            if not spelling.startswith(("{", "@{"))
        )
    )
    if not known:
        return f"{parts[0].path} has nothing inside, so there is no {step.name!r}"
    hint = did_you_mean(step.name, known) or f"; it has {listed(known)}"
    return f"{parts[0].path} has no {step.name!r}{hint}"


def _mistake(message: str) -> ConfigurationError:
    return ConfigurationError(Diagnostic(SourceLocation("PATH"), message))
