"""How the parts of a package call each other: the module of every name, and the imports that a module needs.

Modules of classes that refer to each other in a circle import one another behind their own classes; modules of
functions import such others as a whole. All others import names at the top. Enumerations that several modules use have
a module of their own, which needs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..binding.bases import own_fields
from ..binding.model import BaseModel, ClassModel, ClassReference, EnumModel, Model
from ..binding.naming import field_name
from ..binding.values import EnumType, ValueType
from .converter_names import converter_names
from .converters import ConverterExpressions, has_long_pattern, needs_annotation
from .identifiers import class_identifier, constant_identifier, identifiers_of_members, module_identifier
from .type_annotations import annotation_of, enums_in, standard_imports
from .view import PythonBase, PythonConverter, PythonImport

ENUMS_MODULE = "enums"
CONTENTS_MODULE = "contents"
BASES_MODULE = "attributes"
PATTERNS_MODULE = "_patterns"
SCHEMA_MODULE = "_schema"


@dataclass(frozen=True, slots=True)
class Homes:
    """The module of each class, base, union and enumeration, and which modules each module reaches."""

    classes: Mapping[str, str]
    enums: Mapping[str, str]
    reach: Mapping[str, frozenset[str]]


def find_homes(model: Model) -> Homes:
    classes = {one.name: module_identifier(one.family) for one in model.elements}
    classes |= {one.name: BASES_MODULE for one in model.bases}
    inherited = {one.name: one.fields for one in model.bases}
    users: dict[str, list[str]] = {}
    declaring: list[ClassModel | BaseModel] = [*model.bases, *model.classes]
    for owner in declaring:
        for field_model in own_fields(owner.fields, inherited.get(owner.base, ())):
            if field_model.type is not None and not isinstance(field_model.type, ClassReference):
                for enum in enums_in(field_model.type):
                    users.setdefault(enum, []).append(classes[owner.name])
    homes = {
        enum.name: users[enum.name][0] if len(set(users.get(enum.name, ()))) == 1 else ENUMS_MODULE
        for enum in model.enums
    }
    edges: dict[str, set[str]] = {module: set() for module in classes.values()}
    for one in model.classes:
        for field_model in one.fields:
            if isinstance(field_model.type, ClassReference):
                edges[classes[one.name]].add(classes[field_model.type.name])
    return Homes(classes, homes, {module: _reachable(module, edges) for module in edges})


def in_import_order(names: Iterable[str]) -> tuple[str, ...]:
    """Constants, classes, functions: as tools that sort imports have them."""
    return tuple(sorted(names, key=lambda name: (_rank(name), name.lower(), name)))


def _rank(name: str) -> int:
    return 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2


def _reachable(start: str, edges: Mapping[str, set[str]]) -> frozenset[str]:
    found: set[str] = set()
    queue = [start]
    while queue:
        for target in edges.get(queue.pop(), ()):
            if target not in found:
                found.add(target)
                queue.append(target)
    return frozenset(found)


@dataclass(slots=True)
class ModuleNames:
    """Names as one module of classes writes them, and the module of functions beside it; collects the imports and
    converters that each needs."""

    module: str
    homes: Homes
    enums: Mapping[str, EnumModel]
    expressions: ConverterExpressions
    contents_names: Mapping[tuple[str, str], str]
    """What content lists and choices hold, by class and field."""
    shared: frozenset[str] = frozenset()
    """The classes of elements of several names."""
    _declared: dict[str, set[str]] = field(default_factory=dict)
    _used: dict[str, set[str]] = field(default_factory=dict)
    _late: set[str] = field(default_factory=set)
    """Modules of functions that are imported as a whole."""
    _standard: set[tuple[str, str]] = field(default_factory=set)
    _used_standard: set[tuple[str, str]] = field(default_factory=set)
    _converters: dict[str, PythonConverter] = field(default_factory=dict)
    _converter_names: Mapping[str, str] = field(default_factory=dict)

    # In the class bodies

    def class_name(self, name: str) -> str:
        identifier = class_identifier(name)
        self._need(self._declared, self.homes.classes[name], identifier)
        return identifier

    def inherit(self, base: PythonBase) -> None:
        """What the class or base needs that is derived from `base`."""
        self._need(self._declared, BASES_MODULE, base.name)
        for verb in ("read", "write"):
            self._need_function(BASES_MODULE, f"{verb}_{base.function}")

    def contents(self, owner: str, field: str) -> str:
        constant = constant_identifier(self.contents_names[owner, field])
        for names in (self._declared, self._used):
            self._need(names, CONTENTS_MODULE, constant)
        return constant

    def contents_alias(self, owner: str, field: str) -> str:
        name = self.contents_names[owner, field]
        self._need(self._declared, CONTENTS_MODULE, name)
        return name

    def annotation(self, value: ValueType) -> str:
        self._standard |= standard_imports(value)
        for enum in enums_in(value):
            self._need(self._declared, self.homes.enums[enum], class_identifier(enum))
        return annotation_of(value)

    def name_converters(self, uses: Iterable[tuple[ValueType, str, str]]) -> None:
        """Decides on the names of all converters of the module, which many fields may share: ``uses`` are types with
        the class and the field."""
        expressions = (
            (self.expressions.of(value), owner, name, getattr(value, "define", "")) for value, owner, name in uses
        )
        self._converter_names = converter_names(expressions)

    def converter(self, value: ValueType) -> str:
        """The constant for the type."""
        if isinstance(value, EnumType) and self.is_whole(value):
            constant = constant_identifier(value.name)
            for names in (self._declared, self._used):
                self._need(names, self.homes.enums[value.name], constant)
            return constant
        expression = self.expressions.of(value)
        if expression not in self._converters:
            if has_long_pattern(value):
                self._need(self._declared, PATTERNS_MODULE, "PATTERNS")
            annotation = annotation_of(value) if needs_annotation(value) else ""
            self._converters[expression] = PythonConverter(self._converter_names[expression], annotation, expression)
        name = self._converters[expression].name
        self._used.setdefault(self.module, set()).add(name)
        return name

    def is_whole(self, value: EnumType) -> bool:
        """Whether the place allows all members that any document may hold."""
        model = self.enums[value.name]
        return set(value.tokens) == {member.token for member in model.members if member.allowed}

    # In the functions

    def own(self, name: str) -> None:
        """A class or union of the module that has functions."""
        self._used.setdefault(self.module, set()).add(class_identifier(name))

    def reader(self, name: str) -> str:
        return self._function(name, "read")

    def writer(self, name: str) -> str:
        return self._function(name, "write")

    def sentinel(self, value: ValueType | ClassReference | None) -> str:
        """Returns the expression for the member that means «not given», if the enumeration has one."""
        sentinel = self.enums[value.name].sentinel if isinstance(value, EnumType) else None
        return self.member(value.name, sentinel.token) if isinstance(value, EnumType) and sentinel else ""

    def member(self, enum: str, token: str) -> str:
        """The expression for one member of an enumeration."""
        names = identifiers_of_members(self.enums[enum])
        self._used.setdefault(self.homes.enums[enum], set()).add(class_identifier(enum))
        return f"{class_identifier(enum)}.{names[token]}"

    def qnames(self) -> None:
        """A function writes names with prefixes."""
        self._used.setdefault(SCHEMA_MODULE, set()).add("QNAMES")

    def decimal(self) -> None:
        """A function holds a decimal number."""
        self._used_standard.add(("decimal", "Decimal"))

    def _function(self, name: str, verb: str) -> str:
        return self._need_function(self.homes.classes[name], f"{verb}_{field_name(name)}")

    def _need_function(self, home: str, function: str) -> str:
        if home != self.module and self._is_circular(home):
            self._late.add(home)
            return f"{functions_module(home)}.{function}"
        if home != self.module:
            self._used.setdefault(functions_module(home), set()).add(function)
        return function

    def _need(self, names: dict[str, set[str]], home: str, name: str) -> None:
        if home != self.module or names is self._used:
            names.setdefault(home, set()).add(name)

    def _is_circular(self, home: str) -> bool:
        return self.module in self.homes.reach.get(home, frozenset())

    @property
    def imports(self) -> tuple[PythonImport, ...]:
        """Of the classes: what refers back to the module comes late, behind its own classes."""
        return tuple(
            PythonImport(module, in_import_order(names), late=self._is_circular(module))
            for module, names in sorted(self._declared.items())
        )

    @property
    def function_imports(self) -> tuple[PythonImport, ...]:
        direct = [PythonImport(module, in_import_order(names)) for module, names in self._used.items()]
        late = [PythonImport(functions_module(module), (), late=True) for module in self._late]
        return tuple(sorted([*direct, *late], key=lambda one: one.module))

    @property
    def standard(self) -> frozenset[tuple[str, str]]:
        return frozenset(self._standard)

    @property
    def function_standard(self) -> frozenset[tuple[str, str]]:
        return frozenset(self._used_standard)

    @property
    def converters(self) -> tuple[PythonConverter, ...]:
        return tuple(self._converters.values())


def functions_module(module: str) -> str:
    """The module with the functions that read and write the classes of another."""
    return f"_{module}"
