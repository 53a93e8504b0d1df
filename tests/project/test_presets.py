"""Presets: where their schemas are found, what they leave to rules, and libvirt's names in two releases."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from relaxgen.binding.model import Model
from relaxgen.cli import main
from relaxgen.diagnostics.errors import ConfigurationError, Diagnostics
from relaxgen.diagnostics.locations import SourceLocation
from relaxgen.pipeline import bind, read_model, read_schemas
from relaxgen.project.presets import installed_schemas, preset_named, schemas_in
from relaxgen.project.request import PackageRequest
from relaxgen.relaxng.syntax_conversion import Syntax, convert_tree

from benchmarks.round_trip import difference, failures, vocabularies

HERE = SourceLocation("--preset")
RELEASES = ("libvirt-9.0.0", "libvirt-11.3.0")

PARTS = """<grammar xmlns="http://relaxng.org/ns/structure/1.0">
  <define name="disk"><element name="disk">
    <optional>
      <attribute name="snapshot"><choice><value>no</value><value>external</value></choice></attribute>
    </optional>
    <element name="novelty">
      <attribute name="mode"><choice><value>a</value><value>b</value></choice></attribute>
    </element>
  </element></define>
</grammar>"""

DOMAIN = """<grammar xmlns="http://relaxng.org/ns/structure/1.0">
  <include href="parts.rng"/>
  <start><element name="domain"><element name="devices"><ref name="disk"/></element></element></start>
</grammar>"""


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    """A libvirt of another age: two of its elements, and one that the preset has never heard of."""
    directory = tmp_path / "share" / "libvirt" / "schemas"
    directory.mkdir(parents=True)
    (directory / "parts.rng").write_text(PARTS, encoding="utf-8")
    (directory / "domain.rng").write_text(DOMAIN, encoding="utf-8")
    return directory


@pytest.fixture
def nothing_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("nothing_installed")
def test_schemas_are_found_where_programs_have_their_data(
    schemas: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_DIRS", f"{tmp_path / 'elsewhere'}:{tmp_path / 'share'}")
    assert installed_schemas(preset_named("libvirt", HERE)) == (schemas / "domain.rng",)


@pytest.mark.usefixtures("nothing_installed")
@pytest.mark.parametrize("program", ["virsh", "pkg-config"])
def test_schemas_are_found_by_the_programs_installed_with_them(schemas: Path, tmp_path: Path, program: str) -> None:
    (tmp_path / "bin").mkdir()
    target = tmp_path / "bin" / program
    target.write_text(f"#!/bin/sh\necho {tmp_path / 'share'}\n", encoding="utf-8")
    target.chmod(0o755)
    (tmp_path / program).symlink_to(target)
    assert installed_schemas(preset_named("libvirt", HERE)) == (schemas / "domain.rng",)


@pytest.mark.usefixtures("nothing_installed")
def test_where_nothing_is_installed_the_error_says_where_we_looked_and_what_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["generate", "--preset", "libvirt", "--output", str(tmp_path / "model")]) == 2
    message = capsys.readouterr().err
    assert f"no schemas of libvirt in {tmp_path / 'home' / 'libvirt' / 'schemas'}, {tmp_path / 'elsewhere'}" in message
    assert "libvirt0" in message
    assert "--schemas" in message


def test_a_directory_without_schemas_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="contains no RELAX NG schema with a start"):
        schemas_in(tmp_path)


def test_files_that_are_parts_of_others_are_no_schemas_of_their_own(schemas: Path) -> None:
    assert schemas_in(schemas) == (schemas / "domain.rng",)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--preset libvrit", "there is no preset 'libvrit' (did you mean 'libvirt'?)"),
        ("--schemas .", "--schemas needs a --preset"),
        ("--preset libvirt --schemas . disk.rng", "--schemas and SCHEMA exclude each other"),
    ],
)
def test_a_wrong_use_is_explained(
    arguments: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "disk.rng").touch()
    assert main(["generate", *arguments.split(), "--output", "model"]) == 2
    assert message in capsys.readouterr().err


def test_a_schema_that_is_wrong_is_left_out_of_a_release_with_a_warning(
    schemas: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (schemas / "secret.rng").write_text(
        '<grammar xmlns="http://relaxng.org/ns/structure/1.0"><start><ref name="nothing"/></start></grammar>'
    )
    arguments = ["--preset", "libvirt", "--schemas", str(schemas), "--output", str(tmp_path / "model")]
    assert main(["generate", *arguments]) == 0
    assert "secret.rng: warning: is left out of the package: " in capsys.readouterr().err
    (schemas / "domain.rng").unlink()
    assert main(["generate", *arguments]) == 2
    assert "secret.rng:1:" in capsys.readouterr().err


def test_what_the_preset_does_not_know_is_listed(
    schemas: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["generate", "--preset", "libvirt", "--schemas", str(schemas), "--output", str(tmp_path / "model")]
    assert main(arguments) == 0
    assert "names not settled by the preset: 2 (DiskNovelty, DiskNoveltyMode)" in capsys.readouterr().out
    assert main([*arguments, "--output-format", "json"]) == 0
    (package,) = json.loads(capsys.readouterr().out)["packages"]
    assert package["unsettled_names"] == ["DiskNovelty", "DiskNoveltyMode"]


def test_every_command_that_makes_something_of_schemas_knows_presets(
    schemas: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    preset = ["--preset", "libvirt"]
    directory = ["--schemas", str(schemas)]
    package, site = str(tmp_path / "model"), tmp_path / "site"
    assert main(["check", *preset, *directory, "--output", package]) == 1
    command = f"relaxgen generate --preset libvirt --schemas {schemas} --output {package}"
    assert command in capsys.readouterr().out
    assert main(["generate", *preset, *directory, "--output", package]) == 0
    assert main(["check", *preset, *directory, "--output", package]) == 0
    assert main(["docs", *preset, *directory, "--output", str(site), "--format", "markdown"]) == 0
    assert any("DiskSnapshot" in page.read_text(encoding="utf-8") for page in site.rglob("*.md"))
    capsys.readouterr()
    assert main(["inspect", *preset, str(schemas / "domain.rng"), "domain/devices/disk/@snapshot"]) == 0
    assert "DiskSnapshot" in capsys.readouterr().out


def test_a_bindings_file_of_ones_own_wins_over_the_preset_and_settles_names(schemas: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[element]\n"devices/disk".name = "Drive"\n"disk/novelty".name = "Novelty"\n', encoding="utf-8")
    model = read_model(PackageRequest(schemas_in(schemas), tmp_path / "model", bindings=(own,), preset="libvirt"))
    assert {"Drive", "Novelty"} <= {one.name for one in model.classes}
    assert not {"Drive", "Novelty"} & set(model.derived_names)


def test_a_preset_whose_names_do_not_fit_an_older_release_is_silent(schemas: Path, tmp_path: Path) -> None:
    """A define that the preset names is there, and no element holds it whole."""
    parts = PARTS.replace('<element name="novelty">', '<element name="novelty"><ref name="suspendChoices"/>')
    more = '<define name="suspendChoices"><attribute name="enabled"/></define></grammar>'
    (schemas / "parts.rng").write_text(parts.replace("</grammar>", more), encoding="utf-8")
    diagnostics = Diagnostics()
    request = PackageRequest(schemas_in(schemas), tmp_path / "model", preset="libvirt")
    bind(read_schemas(request, diagnostics), request, diagnostics)
    assert diagnostics.found == []


def test_tables_of_ones_own_win_over_those_of_the_preset(schemas: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.enums"
    own.write_text(
        'VIR_ENUM_IMPL(virDomainDiskSnapshot, VIR_DOMAIN_DISK_SNAPSHOT_LAST, "no", "external")', encoding="utf-8"
    )
    model = read_model(PackageRequest(schemas_in(schemas), tmp_path / "model", enums=(own,), preset="libvirt"))
    snapshot = next((one for one in model.enums if one.name == "DiskSnapshot"), None)
    assert snapshot is not None
    assert [member.token for member in snapshot.members] == ["no", "external"]


def test_a_configuration_names_a_preset_with_or_without_schemas(
    schemas: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "share"))
    for line in ("", f"schemas = ['{schemas}/*.rng']"):
        Path("pyproject.toml").write_text(
            f"[tool.relaxgen]\npreset = 'libvirt'\noutput = 'model'\n{line}\n", encoding="utf-8"
        )
        assert main(["generate"]) == 0
        assert "model: 4 classes" in capsys.readouterr().out
    Path("pyproject.toml").write_text("[tool.relaxgen]\npreset = 'libvrit'\noutput = 'model'\n", encoding="utf-8")
    assert main(["generate"]) == 2
    assert "pyproject.toml:2:10: there is no preset 'libvrit' (did you mean 'libvirt'?)" in capsys.readouterr().err


def test_a_preset_takes_schemas_in_the_compact_syntax(schemas: Path, tmp_path: Path) -> None:
    for file in convert_tree(str(schemas / "domain.rng"), tmp_path / "compact" / "domain.rnc", Syntax.COMPACT):
        file.target.parent.mkdir(exist_ok=True)
        file.target.write_text(file.text, encoding="utf-8")
    models = [model_of(directory) for directory in (schemas, tmp_path / "compact")]
    assert names_by_place(models[0]) == names_by_place(models[1]) != {}


def test_the_preset_file_itself_has_no_mistakes(tmp_path: Path) -> None:
    from relaxgen.binding.bindings_file import read_bindings

    diagnostics = Diagnostics()
    assert len(read_bindings([preset_named("libvirt", HERE).bindings], diagnostics)) > 800
    assert diagnostics.found == []


@cache
def model_of(schemas: Path) -> Model:
    return read_model(PackageRequest(schemas_in(schemas), Path("libvirt"), preset="libvirt"))


def names_by_place(model: Model) -> dict[tuple[str, tuple[str, ...]], str]:
    """Names of classes by their first paths, and by the first value that leads to a member of a union."""
    found = {
        (one.paths[0], one.discriminator[1][:1] if one.discriminator is not None else ()): one.name
        for one in model.classes
    }
    return found | {(one.paths[0], ("union",)): one.name for one in model.unions}


@pytest.mark.slow
@pytest.mark.parametrize("release", [*RELEASES, "libvirt-12.9.0"])
def test_every_class_and_enumeration_of_libvirt_has_a_name_that_somebody_chose(corpus: Path, release: str) -> None:
    model = model_of(corpus / release / "schemas")
    assert len(model.classes) > 600
    assert model.derived_names == ()
    tables = {one.name: one.table for one in model.enums}
    assert tables["LifecycleAction"] == "virDomainLifecycleAction"
    assert tables["DiskBus"] == "virDomainDiskBus"


@pytest.mark.slow
def test_libvirts_classes_have_the_same_names_in_both_releases(corpus: Path) -> None:
    old, new = (names_by_place(model_of(corpus / release / "schemas")) for release in RELEASES)
    common = old.keys() & new.keys()
    assert len(common) > 600
    assert {place: (old[place], new[place]) for place in common if old[place] != new[place]} == {}


@pytest.fixture(scope="module", params=RELEASES)
def libvirt(
    corpus: Path, generate_and_import: Callable[..., ModuleType], request: pytest.FixtureRequest
) -> tuple[ModuleType, Path]:
    """The package that the preset makes of a release, and where the release's documents are."""
    folder = corpus / str(request.param)
    name = folder.name.replace("-", "_").replace(".", "_")
    return generate_and_import(name, *schemas_in(folder / "schemas"), preset="libvirt"), folder


@pytest.mark.slow
def test_libvirts_package_is_clean_under_type_checkers(libvirt: tuple[ModuleType, Path], tmp_path: Path) -> None:
    package = Path(str(libvirt[0].__file__)).parent
    settings = {"include": [str(package)], "venvPath": str(Path(sys.prefix).parent), "venv": Path(sys.prefix).name}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    for command in (
        ["mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), package.name],
        ["pyright", "--project", str(tmp_path)],
    ):
        checked = subprocess.run(
            [sys.executable, "-m", *command], cwd=package.parent, capture_output=True, text=True, check=False
        )
        assert checked.returncode == 0, checked.stdout


@pytest.mark.slow
def test_libvirts_documents_come_back_as_they_were(libvirt: tuple[ModuleType, Path]) -> None:
    package, folder = libvirt
    documents = [
        document
        for vocabulary in vocabularies(folder.parent, folder.name)
        if vocabulary.schema in schemas_in(folder / "schemas")
        for document in vocabulary.documents
    ]
    assert len(documents) > 1200
    assert failures(package, documents) == {}


@pytest.mark.slow
def test_libvirts_disks_know_what_is_implied_and_addresses_are_numbers(libvirt: tuple[ModuleType, Path]) -> None:
    package, _ = libvirt
    text = """<disk type='file' device='cdrom'>
      <target dev='hda'/>
      <address type='pci' domain='0x0000' bus='0x1f' slot='5' function='0'/>
    </disk>"""
    disk = package.parse_disk(text)
    assert disk.readonly
    assert disk.snapshot is package.DiskSnapshot.NO
    assert isinstance(disk.address, package.PciAddress)
    assert (disk.address.bus, disk.address.slot) == (31, 5)
    assert difference(text.encode(), package.format_disk(disk).encode()) == ""
    disk.device, disk.readonly = package.DiskDevice.DISK, False
    disk.address.slot = 31
    written = package.format_disk(disk)
    assert "snapshot='no'" in written
    assert "slot='0x1f'" in written
