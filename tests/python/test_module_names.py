"""Which module has what, and how modules name each other: at once, or late in a circle."""

from __future__ import annotations

from relaxgen.binding.cardinality import MANY, ONE, Cardinality
from relaxgen.binding.model import (
    ClassModel,
    ClassReference,
    EnumMember,
    EnumModel,
    FieldKind,
    FieldModel,
    Model,
    UnionModel,
    Variant,
)
from relaxgen.binding.values import EnumType, LiteralType, ValueType
from relaxgen.python.converters import ConverterExpressions
from relaxgen.python.module_names import Homes, ModuleNames, find_homes
from relaxgen.python.view import PythonImport
from relaxgen.relaxng.name_class import QName


def child(name: str, cardinality: Cardinality = ONE) -> FieldModel:
    return FieldModel(name.lower(), FieldKind.CHILD, cardinality, ClassReference(name), QName("", name.lower()))


def attribute(name: str, value: ValueType) -> FieldModel:
    return FieldModel(name, FieldKind.ATTRIBUTE, ONE, value, QName("", name))


def class_(name: str, *fields: FieldModel, family: str = "") -> ClassModel:
    return ClassModel(name, QName("", name.lower()), fields, family=family or name.lower())


def model_of(*classes: ClassModel, enums: tuple[EnumModel, ...] = (), unions: tuple[UnionModel, ...] = ()) -> Model:
    return Model(classes, unions, enums, ())


MODE = EnumModel(
    "Mode", (EnumMember("default", 0, allowed=False), EnumMember("a", 1), EnumMember("b", 2)), table="modes"
)
WHOLE = EnumType("Mode", ("a", "b"))


CONTENTS = {("Para", "content"): "ParaContent"}


def names_in(module: str, model: Model, homes: Homes | None = None) -> ModuleNames:
    enums = {one.name: one for one in model.enums}
    return ModuleNames(module, homes or find_homes(model), enums, ConverterExpressions(enums), CONTENTS)


def test_an_enumeration_lives_with_its_one_user_or_in_a_module_of_its_own() -> None:
    alone = model_of(class_("Disk", attribute("mode", WHOLE)), enums=(MODE,))
    shared = model_of(class_("Disk", attribute("mode", WHOLE)), class_("Pool", attribute("m", WHOLE)), enums=(MODE,))
    family = model_of(
        class_("Disk", attribute("mode", WHOLE)),
        class_("DiskDriver", attribute("mode", WHOLE), family="disk"),
        enums=(MODE,),
    )
    assert find_homes(alone).enums == {"Mode": "disk"}
    assert find_homes(shared).enums == {"Mode": "enums"}
    assert find_homes(family).enums == {"Mode": "disk"}


def test_module_names_are_escaped() -> None:
    assert find_homes(model_of(class_("Import"), class_("Enums"), class_("Disk"))).classes == {
        "Import": "import_",
        "Enums": "enums_",
        "Disk": "disk",
    }


def test_names_of_the_same_module_need_no_import() -> None:
    model = model_of(class_("Disk", child("DiskDriver")), class_("DiskDriver", family="disk"))
    names = names_in("disk", model)
    assert (names.class_name("DiskDriver"), names.reader("DiskDriver")) == ("DiskDriver", "read_disk_driver")
    assert names.imports == ()


def test_names_of_a_module_below_are_imported() -> None:
    names = names_in("domain", model_of(class_("Domain", child("Disk", MANY)), class_("Disk")))
    assert names.class_name("Disk") == "Disk"
    assert names.writer("Disk") == "write_disk"
    assert names.imports == (PythonImport("disk", ("Disk",)),)
    assert names.function_imports == (PythonImport("_disk", ("write_disk",)),)


def test_in_a_circle_classes_are_imported_late_and_functions_with_their_module() -> None:
    model = model_of(class_("List", child("Item")), class_("Item", child("List")), class_("Leaf"))
    names = names_in("list_", model)
    assert names.reader("Item") == "_item.read_item"
    assert names.class_name("Item") == "Item"
    assert names.imports == (PythonImport("item", ("Item",), late=True),)
    assert names.function_imports == (PythonImport("_item", (), late=True),)


def test_a_circle_through_a_third_module_is_a_circle() -> None:
    model = model_of(class_("A", child("B")), class_("B", child("C")), class_("C", child("A")), class_("D", child("A")))
    assert names_in("a", model).reader("B") == "_b.read_b"
    assert names_in("d", model).reader("A") == "read_a"
    assert find_homes(model).reach["a"] == {"a", "b", "c"}


def test_a_recursive_class_is_no_circle_of_modules() -> None:
    names = names_in("item", model_of(class_("Item", child("Item"))))
    assert names.reader("Item") == "read_item"
    assert names.imports == ()


def test_content_lists_are_known_by_their_constant_and_in_annotations_by_their_type() -> None:
    names = names_in("para", model_of(class_("Para")))
    assert names.contents("Para", "content") == "PARA_CONTENT"
    assert names.contents_alias("Para", "content") == "ParaContent"
    assert names.imports == (PythonImport("contents", ("PARA_CONTENT", "ParaContent")),)
    assert names.function_imports == (PythonImport("contents", ("PARA_CONTENT",)),)


def test_a_whole_enumeration_has_one_converter_and_a_part_one_of_its_own() -> None:
    model = model_of(class_("Disk", attribute("mode", WHOLE)), enums=(MODE,))
    names = names_in("disk", model)
    names.name_converters([(EnumType("Mode", ("a",)), "Disk", "other")])
    assert names.converter(WHOLE) == "MODE"
    assert not names.converters
    assert names.converter(EnumType("Mode", ("a",))) == "_DISK_OTHER"
    assert [made.name for made in names.converters] == ["_DISK_OTHER"]


def test_a_shared_enumeration_is_imported_with_its_converter() -> None:
    model = model_of(class_("Disk", attribute("m", WHOLE)), class_("Pool", attribute("m", WHOLE)), enums=(MODE,))
    names = names_in("disk", model)
    names.converter(WHOLE)
    assert names.annotation(WHOLE) == "Mode"
    assert names.imports == (PythonImport("enums", ("MODE", "Mode")),)
    assert names.function_imports == (PythonImport("enums", ("MODE",)),)


def test_the_same_converter_is_made_once() -> None:
    names = names_in("disk", model_of(class_("Disk")))
    one, two = LiteralType(("a",)), LiteralType(("b",))
    names.name_converters([(one, "Disk", "driver_type"), (one, "Pool", "type"), (two, "DiskDriver", "type")])
    assert names.converter(one) == names.converter(one)
    assert names.converter(two) == "_DISK_DRIVER_TYPE"
    assert [made.expression for made in names.converters] == ["rt.LiteralConverter('a')", "rt.LiteralConverter('b')"]
    assert {name for one in names.function_imports for name in one.names} == {made.name for made in names.converters}


def test_a_sentinel_is_written_as_a_member() -> None:
    names = names_in("disk", model_of(class_("Disk"), enums=(MODE,)))
    assert names.sentinel(WHOLE) == "Mode.DEFAULT"
    assert names.sentinel(ClassReference("Disk")) == names.sentinel(LiteralType(("a",))) == ""


def test_what_annotations_need_of_the_standard_library_is_collected() -> None:
    names = names_in("disk", model_of(class_("Disk")))
    names.annotation(LiteralType(("a",)))
    assert names.standard == {("typing", "Literal")}


def test_members_of_a_union_are_found_by_its_name() -> None:
    union = UnionModel(
        "Address", QName("", "address"), QName("", "type"), (Variant("PciAddress", ("pci",)),), family="address"
    )
    model = model_of(class_("Disk", child("Address")), class_("PciAddress", family="address"), unions=(union,))
    assert names_in("disk", model).reader("Address") == "read_address"
