"""The command line: arguments, texts, exit statuses. The pipeline is a small stand-in, so that each case is quick."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from relaxgen.cli import main
from relaxgen.diagnostics.errors import Diagnostic, SchemaError, Severity
from relaxgen.diagnostics.locations import SourceLocation
from relaxgen.output import HEADER
from relaxgen.project.request import PackageRequest

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True)
class Package:
    tree: Mapping[str, str]
    model: object = None
    diagnostics: tuple[Diagnostic, ...] = ()
    sources: tuple[Path, ...] = ()
    absent: tuple[Path, ...] = ()
    classes: int = 2
    enums: int = 1
    derived_names: tuple[str, ...] = ()


def names(directory: str) -> list[str]:
    return sorted(file.name for file in Path(directory).iterdir())


def text_of(schema: Path) -> str:
    return f"{HEADER} from {schema.name}\n{schema.read_text(encoding='utf-8')}"


@dataclass
class Pipeline:
    """Turns each schema into a module of the same text; a schema that holds ``wrong`` is a mistake."""

    requests: list[PackageRequest]

    def build_package(
        self, request: PackageRequest, progress: Callable[[str, int, int], None] | None = None
    ) -> Package:
        self.requests.append(request)
        diagnostics = []
        for schema in request.schemas:
            text = schema.read_text(encoding="utf-8")
            if "wrong" in text:
                raise SchemaError(Diagnostic(SourceLocation(str(schema), 3, 7), f"{schema.stem} is wrong"))
            if "approximate" in text:
                diagnostics.append(Diagnostic(SourceLocation(str(schema), 1, 1), "approximated", Severity.WARNING))
        modules = {f"{schema.stem}.py": text_of(schema) for schema in request.schemas}
        return Package({"__init__.py": f"{HEADER}\n", **modules, "py.typed": ""}, diagnostics=tuple(diagnostics))


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> Pipeline:
    stand_in = Pipeline([])
    module = ModuleType("relaxgen.pipeline")
    vars(module).update(build_package=stand_in.build_package, read_model=SimpleNamespace)
    monkeypatch.setitem(sys.modules, "relaxgen.pipeline", module)
    return stand_in


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name in ("disk.rng", "pool.rng", "disk.enums"):
        (tmp_path / name).write_text(f"# {name}\n", encoding="utf-8")
    return tmp_path


def configure(*tables: str) -> None:
    text = "\n".join(f"[[tool.relaxgen.package]]\n{table}\n" for table in tables)
    Path("pyproject.toml").write_text(text, encoding="utf-8")


def test_generate_writes_what_the_arguments_name(pipeline: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    Path("own").mkdir()
    arguments = "generate disk.rng pool.rng --output out/model --enums disk.enums --root disk --root pool"
    assert main([*arguments.split(), "--templates", "own"]) == 0
    schemas = (Path("disk.rng"), Path("pool.rng"))
    assert pipeline.requests == [
        PackageRequest(schemas, Path("out/model"), (Path("disk.enums"),), ("disk", "pool"), Path("own"))
    ]
    assert names("out/model") == ["__init__.py", "disk.py", "pool.py", "py.typed"]
    package, seconds = capsys.readouterr().out.splitlines()
    assert package == "out/model: 2 classes, 1 enum, 4 files written, 0 unchanged"
    assert seconds.startswith("done in ")


def test_enum_tables_can_be_named_by_a_wildcard_of_the_shell(pipeline: Pipeline) -> None:
    Path("pool.enums").touch()
    assert main(["generate", "disk.rng", "--enums", "disk.enums", "pool.enums", "--output", "model"]) == 0
    assert pipeline.requests == [
        PackageRequest((Path("disk.rng"),), Path("model"), (Path("disk.enums"), Path("pool.enums")))
    ]
    assert main(["generate", "--enums", "disk.enums", "pool.enums", "--output", "model"]) == 2


def test_generate_says_what_it_left_and_removed(pipeline: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    main(["generate", "disk.rng", "pool.rng", "-o", "model"])
    capsys.readouterr()
    assert main(["generate", "disk.rng", "-o", "model"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == (
        "model: 2 classes, 1 enum, 0 files written, 3 unchanged, 1 removed"
    )


def test_generate_without_arguments_does_what_the_configuration_lists(pipeline: Pipeline) -> None:
    configure('schemas = ["disk.rng"]\noutput = "a"', 'schemas = ["pool.rng"]\noutput = "b"\nenums = ["*.enums"]')
    assert main(["generate"]) == 0
    assert [request.output for request in pipeline.requests] == [Path("a"), Path("b")]
    assert pipeline.requests[1].enums == (Path("disk.enums"),)
    assert Path("b/pool.py").exists()


def test_another_configuration_file_can_be_named(pipeline: Pipeline, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "x.rng").touch()
    (other / "settings.toml").write_text("[tool.relaxgen]\nschemas = ['x.rng']\noutput = 'm'\n", encoding="utf-8")
    assert main(["generate", "--config", "other/settings.toml"]) == 0
    assert (other / "m" / "x.py").exists()


def test_a_mistake_in_one_package_leaves_all_packages_unwritten(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("pool.rng").write_text("wrong", encoding="utf-8")
    Path("disk.enums").write_text("wrong", encoding="utf-8")
    configure(
        'schemas = ["disk.rng"]\noutput = "a"',
        'schemas = ["pool.rng"]\noutput = "b"',
        'schemas = ["disk.enums"]\noutput = "c"',
    )
    assert main(["generate"]) == 2
    captured = capsys.readouterr()
    assert captured.err.splitlines() == ["pool.rng:3:7: pool is wrong", "disk.enums:3:7: disk is wrong"]
    assert captured.out == ""
    assert not Path("a").exists()


def test_warnings_go_to_standard_error_and_do_not_fail(pipeline: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    Path("disk.rng").write_text("# approximate", encoding="utf-8")
    assert main(["generate", "disk.rng", "-o", "model"]) == 0
    assert capsys.readouterr().err == "disk.rng:1:1: warning: approximated\n"


def test_an_output_directory_of_somebody_else_is_refused(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str], project: Path
) -> None:
    Path("model").mkdir()
    Path("model/notes.txt").write_text("mine", encoding="utf-8")
    assert main(["generate", "disk.rng", "-o", "model"]) == 2
    assert (
        capsys.readouterr().err
        == "model: is not a package that relaxgen made: it contains notes.txt; choose another directory\n"
    )
    assert names("model") == ["notes.txt"]


def test_check_of_a_current_package_is_fine(pipeline: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    main(["generate", "disk.rng", "-o", "model"])
    capsys.readouterr()
    assert main(["check", "disk.rng", "-o", "model"]) == 0
    assert capsys.readouterr().out == "model: up to date (3 files)\n"


def drift() -> None:
    main(["generate", "disk.rng", "pool.rng", "-o", "model"])
    Path("disk.rng").write_text("# new\n", encoding="utf-8")
    Path("model/__init__.py").unlink()


def test_check_shows_what_is_changed_missing_and_orphaned(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    drift()
    capsys.readouterr()
    assert main(["check", "disk.rng", "-o", "model"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "--- model/disk.py",
        "+++ model/disk.py (as generated)",
        "@@ -1,2 +1,2 @@",
        " # Generated by relaxgen from disk.rng",
        "-# disk.rng",
        "+# new",
        "model/__init__.py: is missing",
        "model/pool.py: is no longer generated",
        "model: 3 files out of date (1 missing, 1 changed, 1 orphaned)",
        "run: relaxgen generate disk.rng --output model",
    ]
    assert not Path("model/__init__.py").exists()


def test_check_of_a_package_that_is_not_there_says_so_in_one_line(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    configure('schemas = ["disk.rng"]\noutput = "model"')
    assert main(["check"]) == 1
    assert capsys.readouterr().out.splitlines() == ["model: has not been generated yet", "run: relaxgen generate"]
    assert not Path("model").exists()


def test_check_reports_as_json(pipeline: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    drift()
    capsys.readouterr()
    assert main(["check", "disk.rng", "-o", "model", "--output-format", "json"]) == 1
    captured = capsys.readouterr()
    report = json.loads(captured.out)
    (package,) = report["packages"]
    assert (package["output"], package["files"], captured.err) == ("model", 3, "")
    assert [(found["path"], found["kind"], found["line"]) for found in package["differences"]] == [
        ("__init__.py", "missing", 0),
        ("disk.py", "changed", 2),
        ("pool.py", "orphaned", 0),
    ]


def test_check_reports_as_annotations_for_github(pipeline: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    drift()
    capsys.readouterr()
    assert main(["check", "disk.rng", "-o", "model", "--output-format", "github"]) == 1
    missing, changed, orphaned = capsys.readouterr().out.splitlines()
    assert missing == "::error file=model/__init__.py,title=relaxgen::__init__.py is missing"
    assert changed.startswith("::error file=model/disk.py,line=2,title=relaxgen::disk.py is not what would be gen")
    assert "%0A-# disk.rng%0A+# new" in changed
    assert orphaned == "::error file=model/pool.py,title=relaxgen::pool.py is no longer generated"


def test_mistakes_are_reported_in_the_format_asked_for(pipeline: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    Path("disk.rng").write_text("wrong", encoding="utf-8")
    assert main(["check", "disk.rng", "-o", "model", "--output-format", "json"]) == 2
    (diagnostic,) = json.loads(capsys.readouterr().out)["diagnostics"]
    assert diagnostic["message"] == "disk is wrong"
    assert (diagnostic["file"], diagnostic["line"], diagnostic["column"]) == ("disk.rng", 3, 7)
    assert main(["generate", "disk.rng", "-o", "model", "--output-format", "github"]) == 2
    assert capsys.readouterr().out == "::error file=disk.rng,line=3,col=7,title=relaxgen::disk is wrong\n"


def test_generate_reports_as_json(pipeline: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", "disk.rng", "-o", "model", "--output-format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "packages": [
            {
                "output": "model",
                "classes": 2,
                "enums": 1,
                "written": ["__init__.py", "disk.py", "py.typed"],
                "unchanged": [],
                "removed": [],
                "unsettled_names": [],
            }
        ],
        "diagnostics": [],
    }


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ("generate disk.rng", "--output DIR is missing"),
        ("generate --output model", "--output needs a SCHEMA"),
        ("check --root disk", "--root needs a SCHEMA"),
        ("generate disk.rng -o model --config disk.enums", "--config and SCHEMA exclude each other"),
        ("generate no.rng -o model", "'no.rng' does not exist"),
        ("generate . -o model", "'.' is a directory"),
        ("generate disk.rng -o my-model", "--output: 'my-model', the last part of the output path, cannot be a pack"),
        ("generate disk.rng -o model --ouput x", "No such option '--ouput'"),
        ("generate --config disk.enums", "disk.enums: has no [tool.relaxgen] table"),
        ("gnerate", "no command 'gnerate' (did you mean 'generate'?)"),
        ("help", "no command 'help'; --help after a command describes it"),
        ("check --output-format yaml", "'yaml' is not one of 'text', 'json', 'github'"),
    ],
)
def test_a_wrong_use_is_explained_with_status_2(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str], arguments: str, complaint: str
) -> None:
    assert main(arguments.split()) == 2
    captured = capsys.readouterr()
    assert complaint in captured.err
    assert "Traceback" not in captured.err
    assert pipeline.requests == []


def test_without_schema_and_configuration_the_choices_are_named(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relaxgen.cli.package_options.find_configuration", lambda start: None)
    assert main(["generate"]) == 2
    assert "give a SCHEMA and --output, or write [tool.relaxgen] in a pyproject.toml" in capsys.readouterr().err


SMALL_SCHEMA = """<element name="disk" xmlns="http://relaxng.org/ns/structure/1.0">
  <attribute name="snapshot"><choice><value>no</value><value>internal</value></choice></attribute>
  <element name="source"><attribute name="file"/></element>
</element>"""


def test_inspect_shows_the_model_or_the_part_that_a_path_leads_to(capsys: pytest.CaptureFixture[str]) -> None:
    Path("disk.rng").write_text(SMALL_SCHEMA, encoding="utf-8")
    Path("disk.enums").write_text('VIR_ENUM_IMPL(virDiskSnapshotMode, VIR_LAST, "no", "internal")\n', encoding="utf-8")
    assert main(["inspect", "disk.rng", "--enums", "disk.enums"]) == 0
    whole = capsys.readouterr().out
    assert {"@snapshot", "DiskSnapshotMode", "<source>", "no,"} <= set(whole.split())
    assert main(["inspect", "disk.rng", "--enums", "disk.enums", "disk.enums", "disk/source"]) == 0
    part = capsys.readouterr().out
    assert "@file" in part
    assert "@snapshot" not in part


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["disk/sorce"], "did you mean"),
        (["disk", "pool"], "one PATH at a time; 'pool' is a second one"),
        (["missing.enums"], "missing.enums: cannot be read: No such file"),
    ],
)
def test_inspect_explains_what_it_cannot_show(
    capsys: pytest.CaptureFixture[str], words: list[str], complaint: str
) -> None:
    Path("disk.rng").write_text(SMALL_SCHEMA, encoding="utf-8")
    assert main(["inspect", "disk.rng", *words]) == 2
    assert complaint in capsys.readouterr().err


def test_an_interrupt_ends_cleanly(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(request: PackageRequest, progress: object) -> Package:
        raise KeyboardInterrupt

    monkeypatch.setattr(sys.modules["relaxgen.pipeline"], "build_package", interrupt)
    assert main(["generate", "disk.rng", "-o", "model"]) == 130
    assert capsys.readouterr().err.strip() == "relaxgen: interrupted"


def relaxgen(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "relaxgen", *arguments]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY / "generator")}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_the_module_runs_as_a_program_and_its_status_reaches_the_shell() -> None:
    version = relaxgen("--version")
    assert (version.returncode, version.stdout) == (0, "relaxgen 0.1.0\n")
    help_ = relaxgen("--help")
    assert help_.returncode == 0
    assert {"generate", "check", "inspect"} <= set(help_.stdout.split())
    assert relaxgen("generate", "no.rng").returncode == 2


def test_help_does_not_load_what_only_generating_needs() -> None:
    program = (
        "import sys; from relaxgen.cli import main; main(['--help']);"
        "print({'black', 'jinja2', 'lxml', 'rich'} & set(sys.modules), file=sys.stderr)"
    )
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY / "generator")}
    finished = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert finished.stderr == "set()\n"


STAND_IN = """
import signal, sys, time, types
from pathlib import Path
from relaxgen.cli import main
from relaxgen.output import HEADER

# Who runs tests in the background has interrupts ignored, and programs inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

def build_package(request, progress=None):
    if "slow" in sys.argv:
        print("started", flush=True)
        time.sleep(60)
    lines = "\\n".join(str(number) for number in range(1000))
    package = types.SimpleNamespace(diagnostics=(), classes=0, enums=0)
    package.tree = {f"m{number}.py": f"{HEADER}\\n{number}\\n{lines}" for number in range(150)}
    return package

module = types.ModuleType("relaxgen.pipeline")
module.build_package = build_package
sys.modules["relaxgen.pipeline"] = module
sys.exit(main(["check", "disk.rng", "-o", "model"]))
"""


def start(*words: str) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY / "generator")}
    command = [sys.executable, "-c", STAND_IN, *words]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_closed_pipe_ends_quietly() -> None:
    Path("model").mkdir()
    for number in range(150):
        lines = "".join(f"{line} old {'x' * 60}\n" for line in range(60))
        Path(f"model/m{number}.py").write_text(f"{HEADER}\n{lines}", encoding="utf-8")
    with start() as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(timeout=60) == 141


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_an_interrupt_from_the_keyboard_ends_without_a_traceback() -> None:
    with start("slow") as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline() == "started\n"
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        assert process.stderr.read().strip() == "relaxgen: interrupted"
        assert process.wait(timeout=60) == 130


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_colours_show_on_a_terminal_only_and_never_against_the_users_wish(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, no_color: str, coloured: bool
) -> None:
    pty = pytest.importorskip("pty")
    drift()
    monkeypatch.setenv("NO_COLOR", no_color)
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w", encoding="utf-8") as terminal:
        monkeypatch.setattr(sys, "stdout", terminal)
        main(["check", "disk.rng", "-o", "model"])
        monkeypatch.undo()
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert ("\x1b[32m+# new" in shown) is coloured
    assert "+# new" in shown


def test_bindings_files_reach_generating_and_the_command_that_check_proposes(
    pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("names.toml").write_text("", encoding="utf-8")
    arguments = ["disk.rng", "--output", "out", "--bindings", "names.toml"]
    assert main(["check", *arguments]) == 1
    assert pipeline.requests[0].bindings == (Path("names.toml"),)
    assert "relaxgen generate disk.rng --output out --bindings names.toml" in capsys.readouterr().out


def test_inspect_shows_what_a_bindings_file_makes_of_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    schema, bindings = tmp_path / "disk.rng", tmp_path / "names.toml"
    schema.write_text(
        '<element name="disk" xmlns="http://relaxng.org/ns/structure/1.0"><attribute name="file"/></element>',
        encoding="utf-8",
    )
    bindings.write_text('[element.disk]\nname = "Drive"\n', encoding="utf-8")
    assert main(["inspect", str(schema), "--bindings", str(bindings)]) == 0
    assert "Drive" in capsys.readouterr().out
    bindings.write_text('[element.dsik]\nname = "Drive"\n', encoding="utf-8")
    assert main(["inspect", str(schema), "--bindings", str(bindings)]) == 2
    assert f"{bindings}:1:10: no element is called 'dsik' (did you mean 'disk'?)" in capsys.readouterr().err
