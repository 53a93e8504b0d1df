"""Stable, line-oriented text of a `Model`, for golden files.

    root disk: Disk
    base CommonAttributes [common.attributes]
      id: attribute id, optional xsd:ID [common.attributes]
    class Disk <disk> in disk
      base CommonAttributes
      path /disk
      snapshot: attribute snapshot, optional DiskSnapshot [disk]
      driver: child driver at 0, optional DiskDriver [diskspec]
      readonly: flag readonly at 1, optional [diskspec]
    enum DiskSnapshot, table virDomainDiskSnapshot
      0 "default", never in a document
      1 "no"

The define that a field comes from is in brackets. What a class inherits is shown with its base only. Places in files
are left out: they change with every edit of a schema, and with the directory that it lies in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath

from relaxgen.binding.bases import own_fields
from relaxgen.binding.model import (
    BaseModel,
    ChildOrder,
    ClassModel,
    EnumMember,
    EnumModel,
    FieldModel,
    Model,
    Root,
    UnionModel,
)
from relaxgen.inspection.exact_type import alternatives, describe_type, quoted
from relaxgen.relaxng.name_class import describe


def dump(model: Model) -> str:
    """Everything that the model says, in its order."""
    return "".join(f"{line}\n" for line in _model_lines(model))


def _model_lines(model: Model) -> Iterator[str]:
    enums = {one.name: one for one in model.enums}
    yield from (_root_line(root) for root in model.roots)
    prefixes = sorted(item for item in model.prefixes.items() if item[1] != "xml")
    yield from (f"prefix {prefix or 'none'} for {namespace}" for namespace, prefix in prefixes)
    bases = {one.name: one for one in model.bases}
    for base in model.bases:
        yield from _base_lines(base, bases, enums)
    for class_model in model.classes:
        yield from _class_lines(class_model, bases, enums)
    for union in model.unions:
        yield from _union_lines(union)
    for enum in model.enums:
        yield from _enum_lines(enum)


def _root_line(root: Root) -> str:
    return f"root {root.xml_name}: {root.type.name} ({PurePath(root.schema).name})"


def _base_lines(model: BaseModel, bases: Mapping[str, BaseModel], enums: Mapping[str, EnumModel]) -> Iterator[str]:
    yield f"base {model.name} [{model.define}]"
    yield from _facts({"base": model.base})
    yield from _documentation(model.documentation, level=1)
    for field in own_fields(model.fields, _inherited(model, bases)):
        yield from _field_lines(field, enums)


def _inherited(model: BaseModel | ClassModel, bases: Mapping[str, BaseModel]) -> tuple[FieldModel, ...]:
    return bases[model.base].fields if model.base else ()


def _class_lines(model: ClassModel, bases: Mapping[str, BaseModel], enums: Mapping[str, EnumModel]) -> Iterator[str]:
    yield f"class {model.name} <{model.xml_name}> in {model.family}"
    merged = len(model.patterns)
    yield from _facts(
        {
            "also": " ".join(f"<{name}>" for name in model.other_names),
            "define": model.define,
            "since": model.since,
            "merges": f"{merged} element patterns" if merged > 1 else "",
            "union": model.union,
            "base": model.base,
            "orders": "several" if model.child_order is ChildOrder.SEVERAL else "",
        }
    )
    if model.discriminator is not None:
        name, tokens = model.discriminator
        yield f"  where {name} is {alternatives(tokens)}"
    yield from _paths_and_documentation(model.paths, model.documentation)
    for field in own_fields(model.fields, _inherited(model, bases)):
        yield from _field_lines(field, enums)


def _field_lines(model: FieldModel, enums: Mapping[str, EnumModel]) -> Iterator[str]:
    name = f" {model.xml_name}" if model.xml_name is not None else ""
    position = f" at {model.position}" if model.position >= 0 else ""
    type_text = f" {describe_type(model.type, enums)}" if model.type is not None else ""
    type_text = f" {model.content_name}" if model.content_name else type_text
    define = f" [{model.define}]" if model.define else ""
    yield f"  {model.name}: {model.kind.value}{name}{position}, {model.cardinality}{type_text}{define}"
    yield from (f"    item <{item.xml_name}> {item.type.name}" for item in model.items)
    if model.text:
        yield "    text"
    yield from _facts({"since": model.since, "default": model.default, "implied": _implied(model)}, level=2)
    yield from (f"    names {describe(name_class)}" for name_class in model.name_classes)
    yield from _documentation(model.documentation, level=2)


def _implied(model: FieldModel) -> str:
    if model.implied is None:
        return ""
    return quoted(model.implied.text) + (f" when {model.implied.when}" if model.implied.condition is not None else "")


def _union_lines(model: UnionModel) -> Iterator[str]:
    yield f"union {model.name} <{model.xml_name}> in {model.family} by {model.discriminator}"
    yield from _paths_and_documentation(model.paths, model.documentation)
    for variant in model.variants:
        yield f"  {alternatives(variant.tokens)}: {variant.name}"


def _enum_lines(model: EnumModel) -> Iterator[str]:
    exact = ", exact" if model.exact else ""
    table = f", table {model.table}" if model.table else ""
    yield f"enum {model.name}{table}{exact}"
    yield from _facts({"define": model.define})
    yield from _documentation(model.documentation, level=1)
    for member in model.members:
        yield f"  {_member(member)}"
        yield from _documentation(member.documentation, level=2)


def _member(member: EnumMember) -> str:
    constant = f" {member.constant}" if member.constant else ""
    absent = "" if member.allowed else ", never in a document"
    return f"{member.index} {quoted(member.token)}{constant}{absent}"


def _paths_and_documentation(paths: Iterable[str], documentation: str) -> Iterator[str]:
    yield from (f"  path {path}" for path in paths)
    yield from _documentation(documentation, level=1)


def _facts(facts: Mapping[str, str], level: int = 1) -> Iterator[str]:
    yield from (f"{'  ' * level}{name} {value}" for name, value in facts.items() if value)


def _documentation(text: str, level: int) -> Iterator[str]:
    yield from (f"{'  ' * level}# {line}".rstrip() for line in text.splitlines())
