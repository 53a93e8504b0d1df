"""The class model → Python modules with names, annotations, imports and order decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ..binding.bases import own_fields
from ..binding.families import COMMON
from ..binding.model import (
    BaseModel,
    ClassModel,
    ClassReference,
    EnumMember,
    EnumModel,
    FieldKind,
    FieldModel,
    Item,
    Model,
    UnionModel,
)
from ..binding.naming import field_name, namespace_word
from ..binding.values import ValueType
from ..runtime.markup import XML_NAMESPACE
from .converters import ConverterExpressions, holds_qnames, needs_converter
from .fields import FieldViews, sentence
from .identifiers import (
    class_identifier,
    constant_identifier,
    identifiers_of_members,
    module_identifier,
    parameter_identifier,
)
from .implied import ImpliedViews
from .module_names import BASES_MODULE, CONTENTS_MODULE, ENUMS_MODULE, Homes, ModuleNames, find_homes
from .open_names import names_expression
from .scopes import scoped_classes, unqualified, unqualified_classes
from .support import left_out
from .type_annotations import union_of
from .view import (
    CompiledGrammar,
    PythonBase,
    PythonClass,
    PythonContents,
    PythonEnum,
    PythonField,
    PythonImport,
    PythonMember,
    PythonModule,
    PythonPackage,
    PythonRoot,
    PythonUnion,
    PythonVariant,
)

SCHEMAS_ONLY = ("http://relaxng.org/ns/", "urn:relaxgen:", XML_NAMESPACE)
"""How namespaces begin that no value is from."""

MOST_ROOTS = 8
"""So many roots of documents are named in what is said of a package."""


def build_package(
    model: Model,
    name: str,
    sources: Sequence[str],
    grammars: Sequence[CompiledGrammar] = (),
    release_tables: Sequence[tuple[str, ...]] = (),
) -> PythonPackage:
    """``sources`` are the names of the schema files, for the header of every file; ``grammars`` are what the package
    explains faults with, ``release_tables`` the lines of each table that it carries."""
    package = _Builder(model, name, sources).package()
    converters = [converter for module in package.modules for converter in module.converters]
    return replace(
        package,
        grammars=tuple(grammars),
        release_tables=tuple(release_tables),
        left_out=left_out(grammars, converters, has_releases=bool(release_tables)),
    )


class _Builder:
    def __init__(self, model: Model, name: str, sources: Sequence[str]) -> None:
        self._model = model
        self._name = name
        self._sources = sources
        self._homes: Homes = find_homes(model)
        self._enums = {enum.name: enum for enum in model.enums}
        self._unions = {union.name: union for union in model.unions}
        self._expressions = ConverterExpressions(self._enums)
        self._contents = _shared_contents(model)
        self._shared = frozenset(one.name for one in model.classes if one.other_names)
        self._bases: dict[str, PythonBase] = {}
        self._scoped = scoped_classes(model)
        self._qnames = tuple(_qnames(model))
        self._unqualified = unqualified_classes(model)
        self._mixed = any(
            one.kind is FieldKind.CONTENT and one.text for class_ in model.classes for one in class_.fields
        )

    def package(self) -> PythonPackage:
        bases = [self._bases_module()] if self._model.bases else []
        families = [self._homes.classes[one.name] for one in self._model.classes]
        modules = [*bases, *(self._module(name) for name in dict.fromkeys(families))]
        shared = [enum for enum in self._model.enums if self._homes.enums[enum.name] == ENUMS_MODULE]
        if shared:
            modules.append(self._enums_module(shared))
        roots = tuple(self._roots())
        return PythonPackage(
            self._name,
            ", ".join(map(_printable, self._sources)),
            self._documentation(),
            tuple(sorted(modules, key=lambda module: module.name)),
            roots,
            contents=tuple(self._contents_views()),
            items=self._items(),
            prefixes=tuple(self._prefixes()),
            qnames=self._qnames,
            patterns=tuple((repr(own), repr(python)) for own, python in sorted(self._expressions.patterns.items())),
            mixed=self._mixed,
            imports=self._contents_imports(),
            aliases=tuple(self._aliases({name for module in modules for name in module.exports})),
        )

    def _aliases(self, exports: set[str]) -> Iterator[tuple[str, str]]:
        """Old names of classes and enumerations, and of their functions, with the present ones."""
        for old, new in sorted(self._model.aliases.items()):
            pairs = [(class_identifier(old), class_identifier(new))]
            pairs += [(f"{verb}_{field_name(old)}", f"{verb}_{field_name(new)}") for verb in ("parse", "format")]
            yield from (pair for pair in pairs if pair[1] in exports and pair[0] not in exports)

    def _documentation(self) -> str:
        names = list(dict.fromkeys(f"<{root.xml_name.local}>" for root in self._model.roots))
        others = len(names) - MOST_ROOTS
        if others > 1:
            names[MOST_ROOTS:] = [f"and {others} others"]
        return f"Typed classes for documents with the root {', '.join(names)}."

    def _names(self, module: str) -> ModuleNames:
        contents = {owner: one for owner, (one, _) in self._contents.items()}
        return ModuleNames(module, self._homes, self._enums, self._expressions, contents, self._shared)

    def _bases_module(self) -> PythonModule:
        names = self._names(BASES_MODULE)
        names.name_converters(self._converter_uses(self._model.bases))
        views = FieldViews(names)
        bases = tuple(self._base(one, views) for one in self._model.bases)
        enums = [self._enum(one) for one in self._model.enums if self._homes.enums[one.name] == BASES_MODULE]
        return PythonModule(
            BASES_MODULE,
            "Attributes that many classes have: their base classes.",
            imports=names.imports,
            enums=tuple(enums),
            converters=names.converters,
            bases=bases,
            standard=tuple(_import_lines(names.standard)),
            exports=tuple(sorted([*(one.name for one in bases), *_enum_exports(enums)])),
            function_imports=names.function_imports,
            function_standard=tuple(_import_lines(names.function_standard)),
        )

    def _converter_uses(self, owners: Iterable[BaseModel | ClassModel]) -> Iterator[tuple[ValueType, str, str]]:
        """The types of fields that need a converter, each with its class and field."""
        for owner in owners:
            for one in own_fields(owner.fields, self._inherited(owner)):
                if one.type is not None and not isinstance(one.type, ClassReference) and needs_converter(one.type):
                    yield one.type, owner.name, one.name

    def _base(self, model: BaseModel, views: FieldViews) -> PythonBase:
        """Bases come in an order in which each finds its own base."""
        above = self._bases.get(model.base)
        implied = ImpliedViews(views.names, model.fields)
        own = {
            one.name: views.view(one, model.name, implied, discriminating=False)
            for one in own_fields(model.fields, self._inherited(model))
        }
        views.names.own(model.name)
        base = PythonBase(
            class_identifier(model.name),
            field_name(model.name),
            model.documentation or f"Attributes of the define ``{model.define}``.",
            self._with_inherited(model.fields, own, above),
            above,
        )
        self._bases[model.name] = base
        return base

    def _inherited(self, model: BaseModel | ClassModel) -> tuple[FieldModel, ...]:
        base = self._model.base_named(model.base)
        return base.fields if base is not None else ()

    def _with_inherited(
        self, fields: Sequence[FieldModel], own: Mapping[str, PythonField], base: PythonBase | None
    ) -> tuple[PythonField, ...]:
        """The views of all fields, in their order: ``own`` by the names of the model, the others as `base` has them."""
        inherited = iter(base.fields if base is not None else ())
        return tuple(own[one.name] if one.name in own else next(inherited) for one in fields)

    def _module(self, name: str) -> PythonModule:
        names = self._names(name)
        views = FieldViews(names)
        members = [one for one in self._model.classes if self._homes.classes[one.name] == name]
        unions = [one for one in self._model.unions if self._homes.classes[one.name] == name]
        enums = [self._enum(one) for one in self._model.enums if self._homes.enums[one.name] == name]
        names.name_converters(self._converter_uses(members))
        classes = tuple(self._class(one, views, ImpliedViews(names, one.fields)) for one in members)
        for union in unions:
            names.own(union.name)
        standard = set(names.standard)
        if unions or any(one.public for one in classes):
            standard.add(("typing", "Unpack"))
        functions = [
            f"{verb}_{field_name(one.name)}" for one in members if not one.union for verb in ("parse", "format")
        ]
        union_names = [
            text
            for one in unions
            for text in (
                class_identifier(one.name),
                f"parse_{field_name(one.name)}",
                f"format_{field_name(one.name)}",
            )
        ]
        return PythonModule(
            name,
            _module_documentation([*unions, *members], name),
            imports=names.imports,
            enums=tuple(enums),
            converters=names.converters,
            classes=classes,
            unions=tuple(self._union(one) for one in unions),
            standard=tuple(_import_lines(standard)),
            exports=tuple(sorted([*(one.name for one in classes), *functions, *union_names, *_enum_exports(enums)])),
            function_imports=names.function_imports,
            function_standard=tuple(_import_lines(names.function_standard | {("typing", "Any")})),
        )

    def _enums_module(self, enums: Sequence[EnumModel]) -> PythonModule:
        views = tuple(self._enum(enum) for enum in enums)
        return PythonModule(
            ENUMS_MODULE,
            "Enumerations that several modules share.",
            enums=views,
            exports=tuple(sorted(_enum_exports(views))),
        )

    def _enum(self, model: EnumModel) -> PythonEnum:
        identifiers = identifiers_of_members(model)
        constants = _common_constants({identifiers[member.token]: member.constant for member in model.members})
        members = tuple(
            PythonMember(
                identifiers[member.token],
                _member_value(member, position, constants + identifiers[member.token] if constants else ""),
                "" if member.allowed else "never in a document",
                sentence(member.documentation),
            )
            for position, member in enumerate(model.members)
        )
        tokens = tuple(member.token for member in model.members if member.allowed)
        name = class_identifier(model.name)
        table = f"Enum table ``{model.table}``." if model.table else ""
        define = f"Define ``{model.define}``." if model.define else ""
        return PythonEnum(
            name,
            field_name(model.name),
            "\n\n".join(text for text in (model.documentation, table) if text) or define,
            members,
            constant_identifier(model.name),
            self._expressions.of_enum(model, tokens, model),
            constants and repr(constants),
        )

    def _class(self, model: ClassModel, views: FieldViews, implied: ImpliedViews) -> PythonClass:
        name = class_identifier(model.name)
        base = self._bases.get(model.base)
        own = {
            one.name: views.view(
                one,
                model.name,
                implied,
                discriminating=model.discriminator is not None and one.xml_name == model.discriminator[0],
            )
            for one in own_fields(model.fields, self._inherited(model))
        }
        if model.name in self._unqualified:
            own = {name: unqualified(one) for name, one in own.items()}
        fields = self._with_inherited(model.fields, own, base)
        if base is not None:
            views.names.inherit(base)
        views.names.own(model.name)
        content = next((one for one in model.fields if one.kind is FieldKind.CONTENT), None)
        named = tuple(view.name for view, one in zip(fields, model.fields, strict=True) if holds_qnames(one.type))
        if named and self._qnames:
            views.names.qnames()
        return PythonClass(
            name,
            field_name(model.name),
            parameter_identifier(field_name(model.name)),
            _class_documentation(model),
            fields,
            repr(str(model.xml_name)),
            model.xml_name.local,
            repr(model.xml_name.namespace),
            repr(model.xml_name.local),
            repr(model.union or model.name),
            scoped=model.name in self._scoped,
            mixed=content is not None and content.text,
            public=not model.union,
            kinds=_kinds(model),
            order=model.child_order.name,
            implied=implied.all(),
            base=base,
            others=tuple(repr(str(name)) for name in model.other_names),
            named=named if self._qnames else (),
        )

    def _union(self, model: UnionModel) -> PythonUnion:
        return PythonUnion(
            class_identifier(model.name),
            field_name(model.name),
            parameter_identifier(field_name(model.name)),
            model.documentation,
            repr(str(model.discriminator)),
            tuple(
                PythonVariant(
                    class_identifier(variant.name), field_name(variant.name), tuple(map(repr, variant.tokens))
                )
                for variant in model.variants
            ),
            model.xml_name.local,
        )

    def _roots(self) -> Iterator[PythonRoot]:
        """One for each root name: where two schemas have a root of the same name, the first."""
        seen: set[str] = set()
        for root in self._model.roots:
            xml = str(root.xml_name)
            if xml not in seen:
                seen.add(xml)
                name = root.type.name
                yield PythonRoot(repr(xml), class_identifier(name), self._homes.classes[name])

    def _prefixes(self) -> Iterator[tuple[str, str]]:
        own = {root.xml_name.namespace for root in self._model.roots}
        fields = [one for class_ in self._model.classes for one in class_.fields]
        names = [one.xml_name for one in fields] + [item.xml_name for one in fields for item in one.items]
        used = {name.namespace for name in names if name is not None and name.namespace} | own
        for namespace in sorted(used - {"", XML_NAMESPACE}):
            prefix = self._model.prefixes.get(namespace)
            if self._unqualified:
                # Names without prefix are in no namespace then.
                yield repr(namespace), repr(prefix or namespace_word(namespace))
            else:
                yield repr(namespace), "None" if namespace in own else repr(prefix or None)

    def _contents_views(self) -> Iterator[PythonContents]:
        seen: set[str] = set()
        for name, field in self._contents.values():
            if name in seen:
                continue
            seen.add(name)
            annotations = ["str"] if field.text else []
            annotations += [class_identifier(item.type.name) for item in field.items]
            if field.open:
                annotations.append("rt.AnyElement")
            yield PythonContents(
                name,
                union_of(list(dict.fromkeys(annotations))) or "str",
                tuple(class_identifier(item.type.name) for item in field.items),
                field.text,
                names_expression(field.name_classes) if field.open else "",
                constant_identifier(name),
            )

    def _items(self) -> dict[str, str]:
        found = {item.type.name: item for _, field in self._contents.values() for item in field.items}
        return {class_identifier(name): self._entry(found[name]) for name in sorted(found)}

    def _entry(self, item: Item) -> str:
        """How a content list knows an item: the name of the element, and the module of the class or union."""
        return repr((str(item.xml_name), self._homes.classes[item.type.name]))

    def _contents_imports(self) -> tuple[PythonImport, ...]:
        found: dict[str, set[str]] = {}
        for _, field in self._contents.values():
            for item in field.items:
                found.setdefault(self._homes.classes[item.type.name], set()).add(class_identifier(item.type.name))
        return tuple(PythonImport(module, tuple(sorted(names))) for module, names in sorted(found.items()))


def _kinds(model: ClassModel) -> tuple[str, ...]:
    """Of a class in a union: the deciding attribute and its values, quoted."""
    if not model.union or model.discriminator is None:
        return ()
    return repr(str(model.discriminator[0])), *map(repr, model.discriminator[1])


def _enum_exports(enums: Iterable[PythonEnum]) -> list[str]:
    return [text for one in enums for text in (one.name, f"parse_{one.function}", f"format_{one.function}")]


def _qnames(model: Model) -> Iterator[tuple[str, str]]:
    """The schema's prefixes for namespaces, if values can need them; a prefix with several namespaces is left out."""
    if any(holds_qnames(one.type) for class_ in model.classes for one in class_.fields):
        known = [(prefix, uri) for uri, prefix in model.prefixes.items() if not uri.startswith(SCHEMAS_ONLY)]
        times = Counter(prefix for prefix, _ in known)
        yield from sorted((repr(prefix), repr(uri)) for prefix, uri in known if prefix and times[prefix] == 1)


def _shared_contents(model: Model) -> dict[tuple[str, str], tuple[str, FieldModel]]:
    """For each content list and choice, by class and field, the name of what it may hold, which others may share, and
    the field."""
    return {
        (class_.name, field.name): (class_identifier(field.content_name), field)
        for class_ in model.classes
        for field in class_.fields
        if field.content_name
    }


def _common_constants(constants: Mapping[str, str]) -> str:
    """What comes before the names of members in most of their ``constants``; empty where that spares nothing."""
    begins = Counter(
        constant.removesuffix(name)
        for name, constant in constants.items()
        if constant != name and constant.endswith(name)
    )
    found = begins.most_common(1)
    return found[0][0] if found and found[0][1] > 1 else ""


def _member_value(member: EnumMember, position: int, constant: str) -> str:
    """The token, and what else the member is made from: the C constant where it is another than ``constant``, and the
    index where it is not the position."""
    parts = [repr(member.token)]
    if member.constant != constant or member.index != position:
        parts.append(repr(member.constant))
    if member.index != position:
        parts.append(repr(member.index))
    return ", ".join(parts)


def _class_documentation(model: ClassModel) -> str:
    paths = ", ".join(f"``{path}``" for path in model.paths)
    since = f"Since {model.since}." if model.since else ""
    if not model.documentation:
        where = f": {paths}" if paths else ""
        what = "Element" if not model.other_names else "Elements"
        names = ", ".join(f"``<{name.local}>``" for name in (model.xml_name, *model.other_names))
        return "\n\n".join(part for part in (f"{what} {names}{where}.", since) if part)
    where = f"In documents: {paths}" if paths else ""
    return "\n\n".join(part for part in (model.documentation, since, where) if part)


def _module_documentation(models: Sequence[ClassModel | UnionModel], module: str) -> str:
    """What the family is called after, else its first class."""
    if module == COMMON:
        return "Classes that several modules use."
    head = next((one for one in models if module_identifier(field_name(one.name)) == module), models[0])
    return f"{class_identifier(head.name)}: {_first_paragraph(head)}"


def _first_paragraph(model: ClassModel | UnionModel) -> str:
    text = model.documentation or f"element ``<{model.xml_name.local}>``"
    return text.split("\n\n", 1)[0]


def _printable(file_name: str) -> str:
    """The name of a file can contain a line break, which would end the comment that contains the name; with a colon or
    an equals sign it could declare another encoding of the module (PEP 263)."""
    return "".join(character if character.isprintable() and character not in ":=" else "?" for character in file_name)


def _import_lines(names: Collection[tuple[str, str]]) -> Iterator[str]:
    modules: dict[str, list[str]] = {}
    for module, name in sorted(names, key=lambda pair: (pair[0], not pair[1].isupper(), pair[1])):
        modules.setdefault(module, []).append(name)
    for module, found in sorted(modules.items()):
        yield f"from {module} import {', '.join(found)}"


__all__ = ["CONTENTS_MODULE", "build_package"]
