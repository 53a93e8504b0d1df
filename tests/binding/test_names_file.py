"""The names file: what it holds, what it keeps when the schema moves on, and what is wrong with one."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from relaxgen.binding.model import Model, UnionModel
from relaxgen.binding.names_file import names_text
from relaxgen.diagnostics.errors import Diagnostics, GeneratorError
from relaxgen.pipeline import bind, read_schemas
from relaxgen.project.request import PackageRequest


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


class Project:
    """A schema that changes, and its names file."""

    def __init__(self, directory: Path) -> None:
        self.schema = directory / "schema.rng"
        self.names = directory / "relaxgen.names.toml"
        self.bindings = directory / "bindings.toml"
        self.warnings: list[str] = []

    def model(self, start: str, *defines: str, bindings: str = "", preset: str = "") -> Model:
        """The model of the schema with the names kept so far; keeps those of this one, and the warnings."""
        self.schema.write_text(
            '<grammar xmlns="http://relaxng.org/ns/structure/1.0" xmlns:b="urn:relaxgen:binding:1" '
            'datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">'
            f"<start>{start}</start>{''.join(defines)}</grammar>"
        )
        self.bindings.write_text(bindings)
        request = PackageRequest((self.schema,), Path("package"), bindings=(self.bindings,), names=self.names)
        diagnostics, request = Diagnostics(), replace(request, preset=preset)
        model = bind(read_schemas(request, diagnostics), request, diagnostics)
        self.warnings = [str(one).replace(f"{self.schema.parent}/", "") for one in diagnostics.warnings]
        self.names.write_text(names_text(model), encoding="utf-8")
        return model


def names(model: Model) -> set[str]:
    return {one.name for kind in (model.classes, model.unions, model.enums) for one in kind}


def fields(model: Model, name: str) -> list[str]:
    return [one.name for class_ in model.classes if class_.name == name for one in class_.fields]


CHOICE = '<attribute name="{}"><choice><value>{}</value><value>{}</value></choice></attribute>'
TUNE = f'<element name="tune"><attribute name="a"/>{CHOICE.format("mode", "x", "y")}</element>'


def test_the_file_has_each_name_by_its_place_sorted(project: Project) -> None:
    project.model(
        f'<element name="disk"><zeroOrMore><element name="b-c"><text/></element></zeroOrMore>{TUNE}</element>'
    )
    assert project.names.read_text().split("\n\n")[1:] == [
        '[class]\n"/disk" = "Disk"\n"/disk/tune" = "DiskTune"',
        '[field]\n"/disk/b-c" = "b_cs"\n"/disk/tune" = "tune"\n"/disk/tune/@a" = "a"\n"/disk/tune/@mode" = "mode"',
        '[enum]\n"/disk/tune/@mode" = "DiskTuneMode"\n',
    ]


def test_a_class_keeps_its_name_when_a_define_moves_around_it(project: Project) -> None:
    assert "DiskTune" in names(project.model(f'<element name="disk">{TUNE}</element>'))
    model = project.model('<element name="disk"><ref name="tune"/></element>', f'<define name="tune">{TUNE}</define>')
    assert names(model) == {"Disk", "DiskTune", "DiskTuneMode"}
    project.names.unlink()
    model = project.model('<element name="disk"><ref name="tune"/></element>', f'<define name="tune">{TUNE}</define>')
    assert names(model) == {"Disk", "Tune", "TuneMode"}


def test_a_field_keeps_its_name_when_it_becomes_a_list_or_another_one_comes(project: Project) -> None:
    project.model('<element name="disk"><element name="seclabel"><attribute name="a"/></element></element>')
    model = project.model(
        '<element name="disk"><attribute name="seclabel"/>'
        '<zeroOrMore><element name="seclabel"><attribute name="a"/></element></zeroOrMore></element>'
    )
    assert fields(model, "Disk") == ["seclabel_attribute", "seclabel"]


def test_an_enumeration_keeps_its_name_when_a_class_would_take_it(project: Project) -> None:
    project.model(f'<element name="disk">{CHOICE.format("mode", "x", "y")}</element>')
    model = project.model(
        f'<element name="disk">{CHOICE.format("mode", "x", "y")}<element name="mode"><attribute name="a"/></element>'
        "</element>"
    )
    assert "DiskMode" in {one.name for one in model.enums}


def test_a_choice_that_gets_another_place_keeps_its_enumeration(project: Project) -> None:
    mode = '<define name="m"><choice><value>x</value><value>y</value></choice></define>'
    first = '<attribute name="mode"><ref name="m"/></attribute>'
    project.model(f'<element name="disk">{first}</element>', mode, bindings='[define.m]\nname = "Mode"\n')
    model = project.model(
        f'<element name="disk">{first}<attribute name="other"><ref name="m"/></attribute></element>', mode
    )
    assert [one.name for one in model.enums] == ["Mode"]


ADDRESS = "<element name='address'><choice>{}</choice></element>"
KIND = (
    "<group><attribute name='type'><value>{0}</value></attribute><attribute name='{0}1'/><attribute name='{0}2'/>"
    "<attribute name='{0}3'/></group>"
)


def kinds(*tokens: str) -> str:
    return ADDRESS.format("".join(KIND.format(token) for token in tokens))


def test_a_union_grows_and_stays(project: Project) -> None:
    model = project.model(f"<element name='r'>{kinds('pci', 'usb')}</element>")
    assert [one.name for one in model.unions] == ["RAddress"]
    shared = "".join(f"<attribute name='s{number}'/>" for number in range(20))
    grown = kinds("pci", "usb", "ccw").replace("<choice>", f"{shared}<choice>", 1)
    model = project.model(f"<element name='r'>{grown}</element>")
    assert {variant.name for union in model.unions for variant in union.variants} == {
        "PciRAddress",
        "UsbRAddress",
        "CcwRAddress",
    }


def test_members_stay_together_and_apart_as_they_were(project: Project) -> None:
    same = "<group><attribute name='type'><choice><value>a</value><value>b</value></choice></attribute></group>"
    content = kinds("pci", "usb").replace("<choice>", f"<choice>{same}", 1)
    project.model(f"<element name='r'>{content}</element>")
    apart = "<group><attribute name='type'><value>a</value></attribute></group>" + KIND.format("b")
    content = kinds("pci", "usb").replace("<choice>", f"<choice>{apart}", 1)
    model = project.model(f"<element name='r'>{content}</element>")
    assert {variant.tokens for union in model.unions for variant in union.variants} == {
        ("a", "b"),
        ("pci",),
        ("usb",),
    }


def test_what_is_one_class_stays_one(project: Project) -> None:
    project.model(f"<element name='r'>{kinds('pci')}</element>")
    model = project.model(f"<element name='r'>{kinds('pci', 'usb')}</element>")
    assert not any(isinstance(one, UnionModel) for one in model.unions)
    assert names(model) == {"R", "RAddress", "RAddressType"}


def test_a_name_whose_place_shares_a_class_now_becomes_an_alias(project: Project) -> None:
    mac = "<element name='mac'><attribute name='{}'/></element>"
    both = "<element name='r'><element name='one'>{}</element><element name='two'>{}</element></element>"
    project.model(both.format(mac.format("a"), mac.format("b")))
    reference = "<ref name='m'/>"
    model = project.model(both.format(reference, reference), f"<define name='m'>{mac.format('a')}</define>")
    assert names(model) == {"R", "ROne", "RTwo", "ROneMac"}
    assert model.aliases == {"RTwoMac": "ROneMac"}
    assert '[alias]\nRTwoMac = "ROneMac"\n' in project.names.read_text()


def test_what_an_author_says_counts_more(project: Project) -> None:
    project.model(f'<element name="disk">{TUNE}</element>')
    renamed = TUNE.replace('name="tune"', 'name="tune" b:name="Tuning"')
    model = project.model(f'<element name="disk">{renamed}</element>')
    assert "Tuning" in names(model)
    assert model.aliases == {"DiskTune": "Tuning"}
    model = project.model(
        f'<element name="disk">{TUNE}</element>', bindings='[element."disk/tune"]\nname = "DiskTuning"\n'
    )
    assert "DiskTuning" in names(model)


@pytest.mark.parametrize("token", ["", "\x7f", '"', "'", "a\\b", "größe", "a b"])
def test_any_token_can_be_written_and_read(project: Project, token: str) -> None:
    value = token.replace('"', "&quot;")
    model = project.model(f'<element name="r">{CHOICE.format("m", value, "x")}</element>')
    project.names.write_text(names_text(model, {"RM": {token: "FIRST", "x": "SECOND"}}), encoding="utf-8")
    read_back = project.model(f'<element name="r">{CHOICE.format("m", value, "x")}</element>')
    assert [member.name for member in read_back.enums[0].members] == ["FIRST", "SECOND"]


def test_names_of_places_that_are_gone_go(project: Project) -> None:
    project.model(f'<element name="disk">{TUNE}</element>')
    project.model('<element name="disk"><attribute name="a"/></element>')
    assert "tune" not in project.names.read_text().lower()


def test_elements_of_one_local_name_are_told_apart_by_their_prefixes(project: Project) -> None:
    schema = (
        "<element name='r' ns='urn:r' xmlns:q='urn:q'><element name='x'><attribute name='a'/></element>"
        "<element name='q:x'><attribute name='b'/></element></element>"
    )
    first = project.model(schema)
    assert '"/r/q:x"' in project.names.read_text()
    assert project.model(schema) == first


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("[klass]", "relaxgen.names.toml:1:2: unknown table 'klass' (did you mean 'class'?)"),
        ('[class]\n"/disk" = 5', "relaxgen.names.toml:2:11: /disk is an integer, expected a name"),
        ('[class]\n"/disk" = "disk"', "relaxgen.names.toml:2:11: 'disk' is not a name for a class: a capital letter"),
        ('[field]\n"/disk/@a" = "A"', "relaxgen.names.toml:2:14: 'A' is not a name for a field"),
        ('[class]\n"disk" = "Disk"', "relaxgen.names.toml:2:10: 'disk' does not begin with the element of a document"),
        ('[class]\n"/disk//x" = "Disk"', "relaxgen.names.toml:2:14: '/disk//x' is not an address"),
        ('[member.M]\na = "if"', "relaxgen.names.toml:2:5: 'if' is not a name for a member"),
        ('[member.M]\na = "X"\nb = "X"', "relaxgen.names.toml:3:5: X is the name of another member already"),
        ("member = 1", "relaxgen.names.toml:1:1: member is an integer, expected a table for each enumeration"),
        ("class = 1", "relaxgen.names.toml:1:1: class is an integer, expected a table of names"),
    ],
)
def test_what_is_wrong_with_a_names_file_has_a_place(project: Project, line: str, message: str) -> None:
    project.names.write_text(line)
    with pytest.raises(GeneratorError) as caught:
        project.model('<element name="disk"><attribute name="a"/></element>')
    assert message in str(caught.value)


def test_an_alias_whose_name_something_else_has_now_is_left_out_with_a_warning(project: Project) -> None:
    project.model('<element name="disk"><element name="tune"><attribute name="a"/></element></element>')
    with project.names.open("a") as file:
        file.write('\n[alias]\nDiskMirror = "DiskTune"\n')
    tune = '<element name="tune"><attribute name="a"/></element>'
    assert project.model(f'<element name="disk">{tune}</element>').aliases == {"DiskMirror": "DiskTune"}
    assert project.warnings == []
    mirror = '<element name="mirror"><attribute name="a"/></element>'
    assert project.model(f'<element name="disk">{tune}{mirror}</element>').aliases == {}
    (warning,) = project.warnings
    assert re.fullmatch(
        r"relaxgen\.names\.toml:\d+:14: warning: DiskMirror was another name of DiskTune, and is the name of something "
        r"else now; rename one of them",
        warning,
    )


GIVEN = """
<element name="disk"><attribute name="a"/><attribute name="mode"><choice><value>x</value><value>y</value></choice>
</attribute><element name="source"><attribute name="b"/></element><element name="target"><attribute name="d">
<choice><value>u</value><value>v</value></choice></attribute></element></element>"""


@pytest.mark.parametrize(
    ("binding", "what", "outcome"),
    [
        ('[element.target]\nname = "DiskSource"', "the class of <source>", "SourceInDisk"),
        ('[element.target]\nname = "DiskMode"', "the enumeration of mode of Disk", "DiskModeToken"),
        ('[element.target]\nfield = "source"', "the field of Disk for <source>", "source_element"),
    ],
)
def test_an_author_who_takes_a_name_that_was_kept_is_told(
    project: Project, binding: str, what: str, outcome: str
) -> None:
    project.model(GIVEN)
    assert project.warnings == []
    project.model(GIVEN, bindings=binding)
    (warning,) = project.warnings
    wanted = re.findall(r'"(\w+)"', binding)[-1]
    assert f"warning: {what} would be called {wanted}, too, and becomes {outcome}; choose another name here" in warning
    assert warning.startswith("bindings.toml:2:") and "\nschema.rng:" in warning
    project.model(GIVEN, bindings=binding)
    assert project.warnings == [], "both names are kept now"


@pytest.mark.parametrize(("taker", "other"), [("target/@d", "mode of Disk"), ("disk/@mode", "d of DiskTarget")])
def test_an_author_who_makes_a_kept_enumeration_one_with_another_is_told(
    project: Project, taker: str, other: str
) -> None:
    project.model(GIVEN)
    kept = "DiskMode" if taker == "target/@d" else "DiskTargetD"
    binding = f'[attribute]\n"{taker}".enum-name = "{kept}"\n'
    model = project.model(GIVEN, bindings=binding)
    (warning,) = project.warnings
    assert warning.startswith("bindings.toml:2:")
    assert f": warning: the enumeration of {other} is called {kept}, too, and becomes one with this;" in warning
    assert "\nrelaxgen.names.toml:" in warning
    assert [len(one.members) for one in model.enums] == [4]
    for place in ("target/@d", "disk/@mode"):
        binding += f'"{place}".enum-name = "{kept}"\n' if place != taker else ""
    project.model(GIVEN, bindings=binding)
    assert project.warnings == []


def alternatives(*names: str) -> str:
    elements = (f'<element name="{name}"><attribute name="of"/></element>' for name in names)
    return f'<element name="gate"><choice>{"".join(elements)}</choice></element>'


def test_alternatives_that_share_a_field_have_its_name_each_and_go_on_to_share_it(project: Project) -> None:
    project.model(alternatives("a", "b", "c"))
    lines = [line for line in project.names.read_text().splitlines() if '"content"' in line]
    assert lines == ['"/gate/a" = "content"', '"/gate/b" = "content"', '"/gate/c" = "content"']
    project.names.write_text(project.names.read_text().replace('"content"', '"formula"'))
    assert fields(project.model(alternatives("a", "b")), "Gate") == ["formula"]
    assert fields(project.model(alternatives("a", "b", "c", "d")), "Gate") == ["formula"]
    assert '"/gate/d" = "formula"\n' in project.names.read_text()


def test_alternatives_with_fields_of_their_own_keep_them(project: Project) -> None:
    project.model(alternatives("a", "b"))
    assert fields(project.model(alternatives("a", "b", "c")), "Gate") == ["a", "b", "c"]
    assert '"/gate/c" = "c"\n' in project.names.read_text()


def test_an_author_decides_about_alternatives_whatever_the_names_file_has(project: Project) -> None:
    project.model(alternatives("a", "b"))
    choice = '[element.gate]\ncontent = "choice"\n'
    assert len(fields(project.model(alternatives("a", "b"), bindings=choice), "Gate")) == 1
    separate = '[element.gate]\ncontent = "fields"\n'
    assert len(fields(project.model(alternatives("a", "b"), bindings=separate), "Gate")) == 2


def test_the_alternatives_of_a_member_of_a_union_are_kept(project: Project) -> None:
    def kind(value: str, *inside: str) -> str:
        return f'<group><attribute name="kind"><value>{value}</value></attribute>{"".join(inside)}</group>'

    def union(*names: str) -> str:
        attributes = [f'<attribute name="{name}"/>' for name in "pqrst"]
        choice = alternatives(*names).removeprefix('<element name="gate">').removesuffix("</element>")
        one, other = kind("one", choice, *attributes[:2]), kind("two", *attributes[2:])
        return f'<element name="gate"><choice>{one}{other}</choice></element>'

    project.model(union("a", "b", "c"))
    assert fields(project.model(union("a", "b")), "OneGate") == ["kind", "p", "q", "content"]


LIMIT = '<define name="limit"><attribute name="from"/><attribute name="to"/></define>'


def holders(*names: str, more: str = "") -> str:
    grown = '<element name="x"><text/></element>'
    elements = (
        f'<element name="{name}"><ref name="limit"/>{grown if name == more else ""}</element>' for name in names
    )
    return f'<element name="gate">{"".join(elements)}</element>'


def classes_of_children(model: Model) -> dict[str, object]:
    (gate,) = (one for one in model.classes if one.name == "Gate")
    return {one.name: getattr(one.type, "name", None) for one in gate.fields}


def test_elements_that_share_a_class_go_on_to_share_it_and_others_join(project: Project) -> None:
    project.model(holders("low", "high"), LIMIT)
    assert '"/gate/low" = "Limit"\n' in project.names.read_text()
    project.names.write_text(project.names.read_text().replace('"Limit"', '"Range"'))
    found = classes_of_children(project.model(holders("low", "high", "other"), LIMIT))
    assert found == dict.fromkeys(("low", "high", "other"), "Range")


def test_elements_with_classes_of_their_own_keep_them(project: Project) -> None:
    project.model(holders("low"), LIMIT)
    found = classes_of_children(project.model(holders("low", "high"), LIMIT))
    assert found == {"low": "GateLow", "high": "GateHigh"}


def test_what_outgrows_a_shared_class_goes_on_to_share_it(project: Project) -> None:
    project.model(holders("low", "high", "other"), LIMIT)
    grown = holders("low", "high", "other", more="high")
    for _ in range(2):
        model = project.model(grown, LIMIT)
        assert classes_of_children(model) == dict.fromkeys(("low", "high", "other"), "Limit")
        assert fields(model, "Limit") == ["from", "to", "x"]


def test_what_outgrows_a_shared_class_leaves_it_when_its_line_says_so(project: Project) -> None:
    project.model(holders("low", "high", "other"), LIMIT)
    line = '"/gate/high" = "{}"\n'
    project.names.write_text(project.names.read_text().replace(line.format("Limit"), line.format("High")))
    found = classes_of_children(project.model(holders("low", "high", "other", more="high"), LIMIT))
    assert found == {"low": "Limit", "high": "High", "other": "Limit"}


def test_children_of_elements_that_are_kept_together_stay_together(project: Project) -> None:
    def gate(**more: str) -> str:
        limits = (f'<element name="{name}"><ref name="limit"/>{inside}</element>' for name, inside in more.items())
        return f'<element name="gate">{"".join(limits)}</element>'

    deep = '<element name="deep"><ref name="limit"/></element>'
    project.model(gate(low="", high=""), LIMIT)
    assert names(project.model(gate(low="", high=deep), LIMIT)) == {"Gate", "Limit"}
    assert names(project.model(gate(low=deep, high=deep), LIMIT)) == {"Gate", "Limit"}


def test_an_enumeration_keeps_its_name_when_a_preset_has_it_for_a_class(project: Project) -> None:
    """The preset for libvirt calls the element `model` in a controller ControllerModel."""
    start = f'<element name="controller">{CHOICE.format("model", "x", "y")}{{}}</element>'
    project.model(start.format(""), preset="libvirt")
    child = '<element name="model"><attribute name="a"/></element>'
    model = project.model(start.format(child), preset="libvirt")
    assert "ControllerModel" in {one.name for one in model.enums}
    project.names.unlink()
    model = project.model(start.format(child), preset="libvirt")
    assert "ControllerModel" in {one.name for one in model.classes}
