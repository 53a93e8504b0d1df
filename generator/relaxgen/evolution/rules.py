"""The rules: every kind of change that a comparison of schemas tells of, and what it can break.

    relaxgen diff --rules               the table
    relaxgen diff --explain RNG040      one of them

Identifiers and names are stable; programs may depend on them. A rule says what a change *can* break. Whether it does is
settled for each finding: for documents by the exact comparison, with a document that shows it.

The same change made backwards gives the rules in ``mirrors``. Where there are none, ``unmirrored`` says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ..errors import ConfigurationError, Diagnostic, did_you_mean
from ..source import SourceLocation


class Category(StrEnum):
    """What can break. For documents there are two ways to look at a change, as for every schema that others use."""

    BACKWARD = "backward"
    """A document that was valid is not any more: stored files after an upgrade."""
    FORWARD = "forward"
    """A document that is valid now was not before: what a new program writes and an old one reads."""
    SOURCE = "source"
    """Python code that was right against the old package is not against the new one."""


CATEGORY_MEANINGS: Mapping[Category, str] = {
    Category.BACKWARD: "a document that was valid under the old schema is not valid under the new one",
    Category.FORWARD: "a document that is valid under the new schema is not valid under the old one",
    Category.SOURCE: "Python code written against the old package does not type-check or run against the new one",
}

BACKWARD, FORWARD, SOURCE = (Category.BACKWARD,), (Category.FORWARD,), (Category.SOURCE,)
DOCUMENTS = (Category.BACKWARD, Category.FORWARD)
NOTHING: tuple[Category, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """``before`` and ``after`` are the smallest example, schemas in the compact syntax. A ``guess`` is told as one."""

    id: str
    name: str
    meaning: str
    categories: tuple[Category, ...]
    before: str
    after: str
    mirrors: tuple[str, ...] = ()
    unmirrored: str = ""
    guess: bool = False


_ADDED = "what is added to a package breaks no code that does without it"

_TABLE = (
    # Documents as a whole
    Rule(
        "RNG001",
        "DOCUMENT_SET_NARROWED",
        "documents became invalid, and none of the changes of single elements and attributes explains it",
        BACKWARD,
        "element a { b*, c* }",
        "element a { b*, c* } with another pattern of b's content",
        ("RNG002",),
    ),
    Rule(
        "RNG002",
        "DOCUMENT_SET_WIDENED",
        "documents became valid, and none of the changes of single elements and attributes explains it",
        FORWARD,
        "element a { (b, b)* }",
        "element a { b* }",
        ("RNG001",),
    ),
    Rule(
        "RNG003",
        "DOCUMENT_SET_EQUAL",
        "the schema changed, and exactly the same documents are valid: proven",
        NOTHING,
        "element a { attribute b { text } }",
        "element a { b }   b = attribute b { text }",
        ("RNG003",),
    ),
    # Roots and files
    Rule(
        "RNG010",
        "ROOT_REMOVED",
        "an element can no longer be the root of a document",
        BACKWARD,
        "start = pool | volume",
        "start = pool",
        ("RNG011",),
    ),
    Rule(
        "RNG011",
        "ROOT_ADDED",
        "an element can now be the root of a document",
        FORWARD,
        "start = pool",
        "start = pool | volume",
        ("RNG010",),
    ),
    Rule(
        "RNG012",
        "SCHEMA_REMOVED",
        "a schema file is gone, and with it all documents that it described",
        BACKWARD,
        "pool.rng, volume.rng",
        "pool.rng",
        ("RNG013",),
    ),
    Rule(
        "RNG013",
        "SCHEMA_ADDED",
        "a schema file is new",
        FORWARD,
        "pool.rng",
        "pool.rng, volume.rng",
        ("RNG012",),
    ),
    # Elements
    Rule(
        "RNG020",
        "ELEMENT_REMOVED",
        "an element is not allowed any more",
        DOCUMENTS,
        "element disk { transient? }",
        "element disk { empty }",
        ("RNG021", "RNG022"),
    ),
    Rule(
        "RNG021",
        "ELEMENT_ADDED_OPTIONAL",
        "an element is allowed that was not, and may be left out",
        FORWARD,
        "element disk { empty }",
        "element disk { transient? }",
        ("RNG020",),
    ),
    Rule(
        "RNG022",
        "ELEMENT_ADDED_REQUIRED",
        "an element is required that was not allowed",
        DOCUMENTS,
        "element disk { empty }",
        "element disk { target }",
        ("RNG020",),
    ),
    Rule(
        "RNG023",
        "ELEMENT_BECAME_REQUIRED",
        "an element that could be left out is required",
        BACKWARD,
        "element disk { target? }",
        "element disk { target }",
        ("RNG024",),
    ),
    Rule(
        "RNG024",
        "ELEMENT_BECAME_OPTIONAL",
        "an element that was required can be left out",
        FORWARD,
        "element disk { target }",
        "element disk { target? }",
        ("RNG023",),
    ),
    Rule(
        "RNG025",
        "ELEMENT_ONE_TO_MANY",
        "an element that could stand once can be repeated",
        FORWARD,
        "element devices { iommu? }",
        "element devices { iommu* }",
        ("RNG026",),
    ),
    Rule(
        "RNG026",
        "ELEMENT_MANY_TO_ONE",
        "an element that could be repeated can stand once",
        BACKWARD,
        "element devices { iommu* }",
        "element devices { iommu? }",
        ("RNG025",),
    ),
    Rule(
        "RNG027",
        "ELEMENT_ORDER_RESTRICTED",
        "elements that could stand in any order must stand in one",
        BACKWARD,
        "element sev { cbitpos & policy }",
        "element sev { cbitpos, policy }",
        ("RNG028",),
    ),
    Rule(
        "RNG028",
        "ELEMENT_ORDER_RELAXED",
        "elements that had to stand in one order can stand in any",
        FORWARD,
        "element sev { cbitpos, policy }",
        "element sev { cbitpos & policy }",
        ("RNG027",),
    ),
    Rule(
        "RNG029",
        "ELEMENT_RENAMED",
        "an element is gone, and another of the same content stands in its place",
        DOCUMENTS,
        "element disk { element wwn { text } }",
        "element disk { element worldWideName { text } }",
        ("RNG029",),
        guess=True,
    ),
    # Attributes
    Rule(
        "RNG030",
        "ATTRIBUTE_REMOVED",
        "an attribute is not allowed any more",
        DOCUMENTS,
        "element driver { attribute iommu { text }? }",
        "element driver { empty }",
        ("RNG031", "RNG032"),
    ),
    Rule(
        "RNG031",
        "ATTRIBUTE_ADDED_OPTIONAL",
        "an attribute is allowed that was not, and may be left out",
        FORWARD,
        "element disk { empty }",
        "element disk { attribute snapshot { text }? }",
        ("RNG030",),
    ),
    Rule(
        "RNG032",
        "ATTRIBUTE_ADDED_REQUIRED",
        "an attribute is required that was not allowed",
        DOCUMENTS,
        "element cpu { empty }",
        "element cpu { attribute cluster_id { text } }",
        ("RNG030",),
    ),
    Rule(
        "RNG033",
        "ATTRIBUTE_BECAME_REQUIRED",
        "an attribute that could be left out is required",
        BACKWARD,
        "element disk { attribute type { text }? }",
        "element disk { attribute type { text } }",
        ("RNG034",),
    ),
    Rule(
        "RNG034",
        "ATTRIBUTE_BECAME_OPTIONAL",
        "an attribute that was required can be left out",
        FORWARD,
        "element disk { attribute type { text } }",
        "element disk { attribute type { text }? }",
        ("RNG033",),
    ),
    Rule(
        "RNG035",
        "ATTRIBUTE_BECAME_ELEMENT",
        "an attribute is gone, and a child element of its name is there",
        DOCUMENTS,
        "element disk { attribute serial { text } }",
        "element disk { element serial { text } }",
        ("RNG036",),
        guess=True,
    ),
    Rule(
        "RNG036",
        "ELEMENT_BECAME_ATTRIBUTE",
        "a child element is gone, and an attribute of its name is there",
        DOCUMENTS,
        "element disk { element serial { text } }",
        "element disk { attribute serial { text } }",
        ("RNG035",),
        guess=True,
    ),
    Rule(
        "RNG037",
        "ATTRIBUTE_RENAMED",
        "an attribute is gone, and another with the same values is there",
        DOCUMENTS,
        'element driver { attribute queues { "1" | "2" } }',
        'element driver { attribute queue_count { "1" | "2" } }',
        ("RNG037",),
        guess=True,
    ),
    # Values
    Rule(
        "RNG040",
        "VALUE_REMOVED",
        "a value is not allowed any more",
        BACKWARD,
        'attribute snapshot { "no" | "internal" }',
        'attribute snapshot { "no" }',
        ("RNG041",),
    ),
    Rule(
        "RNG041",
        "VALUE_ADDED",
        "a value is allowed that was not",
        FORWARD,
        'attribute snapshot { "no" }',
        'attribute snapshot { "no" | "internal" }',
        ("RNG040",),
    ),
    Rule(
        "RNG042",
        "VALUE_SET_OPENED",
        "a list of values became a datatype, or text",
        DOCUMENTS,
        'attribute model { "e1000" | "virtio" }',
        "attribute model { text }",
        ("RNG043",),
    ),
    Rule(
        "RNG043",
        "VALUE_SET_CLOSED",
        "a datatype, or text, became a list of values",
        DOCUMENTS,
        "attribute model { text }",
        'attribute model { "e1000" | "virtio" }',
        ("RNG042",),
    ),
    Rule(
        "RNG050",
        "DATATYPE_NARROWED",
        "another datatype, and it allows less",
        BACKWARD,
        "attribute average { xsd:unsignedLong }",
        "attribute average { xsd:unsignedInt }",
        ("RNG051",),
    ),
    Rule(
        "RNG051",
        "DATATYPE_WIDENED",
        "another datatype, and it allows more",
        FORWARD,
        "attribute average { xsd:unsignedInt }",
        "attribute average { xsd:unsignedLong }",
        ("RNG050",),
    ),
    Rule(
        "RNG052",
        "DATATYPE_CHANGED",
        "another datatype; each of the two allows what the other does not",
        DOCUMENTS,
        "attribute start { xsd:date }",
        "attribute start { xsd:int }",
        ("RNG052",),
    ),
    Rule(
        "RNG053",
        "DATATYPE_UNDECIDED",
        "another datatype, or other facets, and it could not be decided which allows more",
        DOCUMENTS,
        "attribute start { xsd:float }",
        "attribute start { xsd:decimal }",
        ("RNG053",),
    ),
    Rule(
        "RNG054",
        "FACET_TIGHTENED",
        "the facets of a datatype allow less",
        BACKWARD,
        'attribute product { xsd:string { maxLength = "40" } }',
        'attribute product { xsd:string { maxLength = "16" } }',
        ("RNG055",),
    ),
    Rule(
        "RNG055",
        "FACET_LOOSENED",
        "the facets of a datatype allow more",
        FORWARD,
        'attribute product { xsd:string { maxLength = "16" } }',
        'attribute product { xsd:string { maxLength = "40" } }',
        ("RNG054",),
    ),
    Rule(
        "RNG056",
        "LIST_SHAPE_CHANGED",
        "the items of a list are other ones, or their number is",
        DOCUMENTS,
        "attribute size { list { xsd:int, xsd:int } }",
        "attribute size { list { xsd:int+ } }",
        ("RNG056",),
    ),
    # What belongs together
    Rule(
        "RNG063",
        "COMBINATION_FORBIDDEN",
        "each of these is allowed still, but no longer together",
        BACKWARD,
        'element driver { attribute name { "kvm" | "qemu" }, attribute iommu { text }? }',
        'element driver { (attribute name { "qemu" }, attribute iommu { text }?) | attribute name { "kvm" } }',
        ("RNG064",),
    ),
    Rule(
        "RNG064",
        "COMBINATION_ALLOWED",
        "each of these was allowed before, but not together",
        FORWARD,
        'element driver { (attribute name { "qemu" }, attribute iommu { text }?) | attribute name { "kvm" } }',
        'element driver { attribute name { "kvm" | "qemu" }, attribute iommu { text }? }',
        ("RNG063",),
    ),
    # Wildcards, namespaces, text
    Rule(
        "RNG070",
        "WILDCARD_NARROWED",
        "fewer names are open to elements or attributes of others",
        BACKWARD,
        "element metadata { anyElement* }",
        "element metadata { empty }",
        ("RNG071",),
    ),
    Rule(
        "RNG071",
        "WILDCARD_WIDENED",
        "more names are open to elements or attributes of others",
        FORWARD,
        "element metadata { empty }",
        "element metadata { anyElement* }",
        ("RNG070",),
    ),
    Rule(
        "RNG072",
        "NAMESPACE_CHANGED",
        "an element or attribute of the same local name is in another namespace",
        DOCUMENTS,
        'element a { element one:b { empty } }   namespace one = "urn:x:1"',
        'element a { element two:b { empty } }   namespace two = "urn:x:2"',
        ("RNG072",),
    ),
    Rule(
        "RNG080",
        "TEXT_REMOVED",
        "text is not allowed any more in an element",
        BACKWARD,
        "element note { text }",
        "element note { empty }",
        ("RNG081",),
    ),
    Rule(
        "RNG081",
        "TEXT_ADDED",
        "text is allowed in an element that had none",
        FORWARD,
        "element note { empty }",
        "element note { text }",
        ("RNG080",),
    ),
    # Python code
    Rule(
        "API101",
        "CLASS_REMOVED",
        "a class is gone, with its functions",
        SOURCE,
        "class DiskMirror",
        "",
        unmirrored=_ADDED,
    ),
    Rule(
        "API102",
        "CLASS_MOVED",
        "a class or an enumeration is in another module; the package itself still has it",
        NOTHING,
        "from acme.model.disk import Seclabel",
        "from acme.model.seclabel import Seclabel",
        ("API102",),
    ),
    Rule(
        "API103",
        "CLASS_RENAMED",
        "the class of an element has another name",
        SOURCE,
        "class DiskMirror   of <mirror>",
        "class Mirror   of <mirror>",
        ("API103",),
        guess=True,
    ),
    Rule(
        "API104",
        "FIELD_REMOVED",
        "a field is gone",
        SOURCE,
        "disk.transient",
        "",
        ("API117",),
        "a field that is added breaks code only where it is required",
    ),
    Rule(
        "API105",
        "FIELD_RENAMED",
        "the field of an attribute or a child has another name",
        SOURCE,
        "devices.disk",
        "devices.disks",
        ("API105",),
        guess=True,
    ),
    Rule(
        "API106",
        "FIELD_NARROWED_ON_WRITE",
        "a value that could be given to a field cannot be any more",
        SOURCE,
        "model: str | None",
        "model: VideoModel | None",
        ("API107",),
    ),
    Rule(
        "API107",
        "FIELD_WIDENED_ON_READ",
        "a field can hold what it could not before",
        SOURCE,
        "type: StorageType",
        "type: StorageType | None",
        ("API106", "API118"),
    ),
    Rule(
        "API108",
        "FIELD_DEFAULT_CHANGED",
        "a field that nobody sets has another value",
        SOURCE,
        'Address(type: Literal["pci"] = "pci")',
        'Address(type: Literal["pci", "ccw"] = "ccw")',
        ("API108",),
    ),
    Rule(
        "API110",
        "ENUM_REMOVED",
        "an enumeration is gone, with its functions",
        SOURCE,
        "class DiskSnapshot(Token)",
        "",
        unmirrored=_ADDED,
    ),
    Rule(
        "API111",
        "ENUM_MEMBER_REMOVED",
        "a member of an enumeration is gone",
        SOURCE,
        "DiskSnapshot.INTERNAL",
        "",
        ("API119",),
    ),
    Rule(
        "API112",
        "ENUM_MEMBER_RENAMED",
        "the member of a token has another name",
        SOURCE,
        'NO_COPY = "no-copy"',
        'NO_HYPHEN_COPY = "no-copy"',
        ("API112",),
    ),
    Rule(
        "API113",
        "ENUM_MEMBER_VALUE_CHANGED",
        "a member of the same name stands for another token",
        SOURCE,
        'NO_COPY = "no-copy"',
        'NO_COPY = "no_copy"',
        ("API113",),
    ),
    Rule(
        "API114",
        "FUNCTION_REMOVED",
        "a class has no parse and format functions of its own any more, since it became part of a union",
        SOURCE,
        "parse_pci_address(...)",
        "",
        unmirrored=_ADDED,
    ),
    Rule(
        "API116",
        "UNION_MEMBER_REMOVED",
        "a class does not belong to a union any more",
        SOURCE,
        "Address = PciAddress | UsbAddress",
        "Address = PciAddress",
        ("API120",),
    ),
    Rule(
        "API117",
        "FIELD_ADDED_REQUIRED",
        "a class cannot be made without a field that did not exist",
        SOURCE,
        "Cpu(id=1)",
        "Cpu(id=1, cluster_id=1)",
        ("API104",),
    ),
    Rule(
        "API118",
        "FIELD_BECAME_REQUIRED",
        "a class cannot be made without a field that had a default",
        SOURCE,
        "Disk()",
        "Disk(type=StorageType.FILE)",
        ("API107",),
    ),
    Rule(
        "API119",
        "ENUM_MEMBER_ADDED",
        "an enumeration has a new member; code that looks at every member, as an exhaustive `match`, should know it",
        NOTHING,
        "",
        "DiskSnapshot.EXTERNAL",
        ("API111",),
    ),
    Rule(
        "API120",
        "UNION_MEMBER_ADDED",
        "a union has a new class; code that looks at every class, as an exhaustive `match`, should know it",
        NOTHING,
        "Address = PciAddress",
        "Address = PciAddress | UsbAddress",
        ("API116",),
    ),
    Rule(
        "FMT120",
        "FORMAT_ORDER_CHANGED",
        "children that a program adds are written in another order",
        NOTHING,
        "<source/> before <driver/>",
        "<driver/> before <source/>",
        ("FMT120",),
    ),
    Rule(
        "ENM130",
        "ENUM_INDEX_CHANGED",
        "the `index` of a member is another one; in an enum table it is the value of a constant in C",
        SOURCE,
        '"no", "internal", "external"',
        '"no", "manual", "internal", "external"',
        ("ENM130",),
    ),
)

RULES: Mapping[str, Rule] = {rule.id: rule for rule in _TABLE}


def find_rule(text: str) -> Rule:
    """The rule of an identifier or a name, in capitals or not.

    Raises:
        ConfigurationError: there is none.
    """
    wanted = text.strip().upper().replace("-", "_")
    for rule in RULES.values():
        if wanted in (rule.id, rule.name):
            return rule
    known = [word for rule in RULES.values() for word in (rule.id, rule.name)]
    hint = did_you_mean(wanted, known) or "; `relaxgen diff --rules` lists them"
    raise ConfigurationError(Diagnostic(SourceLocation("--explain"), f"there is no rule {text!r}{hint}"))
