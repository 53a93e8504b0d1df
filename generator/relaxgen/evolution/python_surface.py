"""What user code can see of a generated package: classes with their fields, unions, enumerations.

Comes in: a `Model`. It is read through the views that the templates print, so names, annotations and defaults are those
of the package.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ..binding.model import ClassModel, EnumModel, FieldModel, Model, UnionModel
from ..diagnostics.locations import UNKNOWN_LOCATION, SourceLocation
from ..python.builder import CONTENTS_MODULE, build_package
from ..python.identifiers import class_identifier
from ..python.view import PythonClass, PythonContents, PythonEnum, PythonField, PythonUnion
from .annotation import Names


@dataclass(frozen=True, slots=True)
class FieldSurface:
    """``annotation`` is that of the constructor's parameter, too; ``default`` is empty where this is required.
    ``xml`` is the part of the element that the field is, ``position`` its place among the children."""

    name: str
    annotation: str
    default: str
    xml: tuple[str, str]
    position: int
    location: SourceLocation


@dataclass(frozen=True, slots=True)
class ClassSurface:
    """``path`` is where documents have the element first, ``kinds`` are the deciding values of a member of a union.
    ``public`` classes have functions of their own."""

    name: str
    module: str
    path: str
    fields: Mapping[str, FieldSurface]
    public: bool
    location: SourceLocation
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class UnionSurface:
    """A union of classes, or the alias for all that a content list may hold."""

    name: str
    module: str
    members: tuple[str, ...]
    location: SourceLocation


@dataclass(frozen=True, slots=True)
class EnumSurface:
    """``members`` maps names to tokens, in the order of their indexes. ``table`` is the enum table that gives the
    order, where there is one."""

    name: str
    module: str
    members: Mapping[str, str]
    table: str
    location: SourceLocation


@dataclass(frozen=True, slots=True)
class Surface:
    classes: Mapping[str, ClassSurface]
    unions: Mapping[str, UnionSurface]
    enums: Mapping[str, EnumSurface]

    def names(self, whole: Collection[str]) -> Names:
        """The unions of `whole` are types like others, not what they consist of."""
        unions = {union.name: union.members for union in self.unions.values() if union.name not in whole}
        return Names(unions, self.enums.keys())


def surface_of(model: Model) -> Surface:
    package = build_package(model, "package", ())
    class_models = {class_identifier(one.name): one for one in model.classes}
    union_models = {class_identifier(one.name): one for one in model.unions}
    enum_models = {class_identifier(one.name): one for one in model.enums}
    classes: dict[str, ClassSurface] = {}
    unions: dict[str, UnionSurface] = {}
    enums: dict[str, EnumSurface] = {}
    for module in package.modules:
        classes.update((one.name, _class(one, class_models[one.name], module.name)) for one in module.classes)
        unions.update((one.name, _union(one, union_models[one.name], module.name)) for one in module.unions)
        enums.update((one.name, _enum(one, enum_models[one.name], module.name)) for one in module.enums)
    unions.update((one.name, _alias(one, model)) for one in package.contents)
    return Surface(classes, unions, enums)


def _class(view: PythonClass, model: ClassModel, module: str) -> ClassSurface:
    pairs = zip(view.fields, model.fields, strict=True)
    fields = {one.name: _field(one, source, model.location) for one, source in pairs}
    path = model.paths[0] if model.paths else f"//{model.xml_name.local}"
    kinds = frozenset(model.discriminator[1] if model.discriminator is not None else ())
    return ClassSurface(view.name, module, path, fields, view.public, model.location, kinds)


def _field(view: PythonField, model: FieldModel, owner: SourceLocation) -> FieldSurface:
    """What has no place of its own, as a list of all that is inside, has its owner's."""
    xml = model.kind.value, str(model.xml_name or "|".join(sorted(str(item.xml_name) for item in model.items)))
    place = model.location if model.location != UNKNOWN_LOCATION else owner
    return FieldSurface(view.name, view.annotation, view.default, xml, model.position, place)


def _union(view: PythonUnion, model: UnionModel, module: str) -> UnionSurface:
    members = tuple(dict.fromkeys(variant.name for variant in view.variants))
    return UnionSurface(view.name, module, members, model.location)


def _enum(view: PythonEnum, model: EnumModel, module: str) -> EnumSurface:
    members = {one.name: source.token for one, source in zip(view.members, model.members, strict=True)}
    return EnumSurface(view.name, module, members, model.table, model.location)


def _alias(view: PythonContents, model: Model) -> UnionSurface:
    places = (
        one.location
        for one in model.classes
        for field in one.fields
        if field.content_name and class_identifier(field.content_name) == view.name
    )
    members = tuple(view.annotation.split(" | "))
    return UnionSurface(view.name, CONTENTS_MODULE, members, next(places))
