"""How the parts of a package call each other: the module of every name, and the imports that a module needs.

Modules that need each other in a circle import one another as a whole, so that neither has to be finished first; all
others import names. Enumerations that several modules use have a module of their own, which needs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..binding.bases import own_fields
from ..binding.model import BaseModel, ClassModel, ClassReference, EnumModel, Model, UnionModel
from ..binding.naming import field_name
from ..binding.values import EnumType, ValueType
from .annotations import annotation_of, enums_in, standard_imports
from .converters import ConverterExpressions
from .identifiers import class_identifier, constant_identifier, identifiers_of_members, module_identifier
from .view import PythonBase, PythonConverter, PythonImport

ENUMS_MODULE = "enums"
CONTENTS_MODULE = "contents"
BASES_MODULE = "attributes"


@dataclass(frozen=True, slots=True)
class Homes:
    """The module of each class, base, union and enumeration, and which modules each module reaches."""

    classes: Mapping[str, str]
    enums: Mapping[str, str]
    reach: Mapping[str, frozenset[str]]


def find_homes(model: Model) -> Homes:
    named: list[ClassModel | UnionModel] = [*model.classes, *model.unions]
    classes = {one.name: module_identifier(one.family) for one in named}
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
    return tuple(sorted(names, key=lambda name: (not name[:1].isupper(), not name.isupper(), name)))


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
    """Names as one module writes them; collects the imports and converters that they need."""

    module: str
    homes: Homes
    enums: Mapping[str, EnumModel]
    expressions: ConverterExpressions
    contents_names: Mapping[str, str]
    _imports: dict[str, set[str]] = field(default_factory=dict)
    _late: dict[str, set[str]] = field(default_factory=dict)
    _standard: set[tuple[str, str]] = field(default_factory=set)
    _converters: dict[str, PythonConverter] = field(default_factory=dict)

    def class_name(self, name: str) -> str:
        identifier = class_identifier(name)
        self._need(self.homes.classes[name], identifier)
        return identifier

    def inherit(self, base: PythonBase, *, keywords: bool) -> None:
        """What the class or base needs that is derived from `base`; ``keywords`` where it has a constructor."""
        for name in (base.name, f"read_{base.function}", f"write_{base.function}"):
            self._need(BASES_MODULE, name)
        if keywords:
            self._need(BASES_MODULE, base.keywords)

    def reader(self, name: str) -> str:
        return self._function(name, "read")

    def writer(self, name: str) -> str:
        return self._function(name, "write")

    def contents(self, owner: str) -> str:
        name = self.contents_names[owner]
        constant = constant_identifier(name)
        self._imports.setdefault(CONTENTS_MODULE, set()).add(constant)
        return constant

    def contents_alias(self, owner: str) -> str:
        """Contents know all classes, so only annotations may know them by type."""
        name = self.contents_names[owner]
        self._late.setdefault(CONTENTS_MODULE, set()).add(name)
        return name

    def sentinel(self, value: ValueType | ClassReference | None) -> str:
        """The expression for the member that stands for «not given», if the enumeration has one."""
        sentinel = self.enums[value.name].sentinel if isinstance(value, EnumType) else None
        return self.member(value.name, sentinel.token) if isinstance(value, EnumType) and sentinel else ""

    def member(self, enum: str, token: str) -> str:
        """The expression for one member of an enumeration."""
        names = identifiers_of_members(self.enums[enum])
        self._need(self.homes.enums[enum], class_identifier(enum))
        return f"{class_identifier(enum)}.{names[token]}"

    def converter(self, value: ValueType, owner: str, field_name_: str) -> str:
        """The constant for the type, made where it is first needed in the module."""
        self._standard |= standard_imports(value)
        for enum in enums_in(value):
            self._need(self.homes.enums[enum], class_identifier(enum))
        if isinstance(value, EnumType) and self.is_whole(value):
            constant = constant_identifier(value.name)
            self._need(self.homes.enums[value.name], constant)
            return constant
        expression = self.expressions.of(value)
        if expression not in self._converters:
            name = self._converter_name(field_name(owner).upper(), field_name_.upper())
            self._converters[expression] = PythonConverter(name, annotation_of(value), expression)
        return self._converters[expression].name

    def _converter_name(self, owner: str, field_name_: str) -> str:
        """`Disk.driver_type` and `DiskDriver.type` may both be here."""
        taken = {one.name for one in self._converters.values()}
        name = f"_{owner}_{field_name_}"
        return f"_{owner}__{field_name_}" if name in taken else name

    def is_whole(self, value: EnumType) -> bool:
        """Whether the place allows all members that any document may hold."""
        model = self.enums[value.name]
        return set(value.tokens) == {member.token for member in model.members if member.allowed}

    def _function(self, name: str, verb: str) -> str:
        function = f"{verb}_{field_name(name)}"
        home = self.homes.classes[name]
        if home != self.module and self.module in self.homes.reach[home]:
            self._late.setdefault(home, set())
            return f"{_alias(home)}.{function}"
        self._need(home, function)
        return function

    def _need(self, home: str, name: str) -> None:
        if home == self.module:
            return
        late = home != ENUMS_MODULE and self.module in self.homes.reach.get(home, frozenset())
        (self._late if late else self._imports).setdefault(home, set()).add(name)

    @property
    def imports(self) -> tuple[PythonImport, ...]:
        direct = [PythonImport(module, in_import_order(names)) for module, names in self._imports.items()]
        late = [
            PythonImport(module, in_import_order(names), late=True, alias=_alias(module))
            for module, names in self._late.items()
        ]
        return tuple(sorted([*direct, *late], key=lambda one: (one.module, one.late)))

    @property
    def standard(self) -> tuple[tuple[str, str], ...]:
        return tuple(sorted(self._standard))

    @property
    def converters(self) -> tuple[PythonConverter, ...]:
        return tuple(self._converters.values())


def _alias(module: str) -> str:
    return f"_{module}"
