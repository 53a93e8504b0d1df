"""The program in ``examples/fleet``: tables and changed documents of a fleet, also where workers are killed."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fleet import running
from fleet.__main__ import main
from fleet.columns import rows
from fleet.making import make_fleet
from fleet.running import Progress, batches_of, run_alone, run_on_dask, summary

from generated.domain import parse_domain

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

DOCUMENT = """<domain type='kvm'><name>web</name><memory>1024</memory><os><type>hvm</type></os><devices>
<disk snapshot='external'><source file='/a'/><target dev='vda'/><serial>S1</serial></disk>
<disk><target dev='vdb'/><transient/></disk></devices></domain>"""

CODES = {"malformed", "unknown-element", "unknown-attribute"}


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("fleet")
    assert make_fleet(directory, 300) == 300
    return directory


def test_objects_become_records() -> None:
    domain = parse_domain(DOCUMENT)
    columns = {"dev": "target.dev", "snapshot": "snapshot", "file": "source.file", "transient": "transient"}
    assert list(rows(domain, "devices.disks", columns)) == [
        {"dev": "vda", "snapshot": "external", "file": "/a", "transient": False},
        {"dev": "vdb", "snapshot": None, "file": None, "transient": True},
    ]
    with pytest.raises(AttributeError):
        list(rows(domain, "devices.disks", {"dev": "target.deev"}))


def test_the_fleet_is_the_same_every_time(fleet: Path, tmp_path: Path) -> None:
    make_fleet(tmp_path, 20)
    for file in tmp_path.rglob("*.xml"):
        assert file.read_bytes() == (fleet / file.relative_to(tmp_path)).read_bytes()


def audited(fleet: Path, output: Path) -> Progress:
    progress = Progress(300, lambda text: None)
    run_alone(batches_of(fleet, output, 50), progress)
    return progress


@pytest.fixture(scope="module")
def plain(fleet: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Counter[str]]:
    pytest.importorskip("pyarrow")
    output = tmp_path_factory.mktemp("plain")
    return output, audited(fleet, output).numbers


def test_a_broken_document_is_a_row(plain: tuple[Path, Counter[str]]) -> None:
    output, numbers = plain
    table = importlib.import_module("pyarrow.parquet").read_table
    documents, faults = (table(output / name).to_pylist() for name in ("documents", "faults"))
    assert len(documents) == numbers["documents"] == 300
    assert {row["document"] for row in documents if not row["valid"]} == {row["document"] for row in faults}
    assert {row["code"] for row in faults} <= CODES and faults
    assert all(row["line"] for row in faults if row["code"].startswith("unknown"))


def test_the_change_is_made_and_the_rest_stays(fleet: Path, plain: tuple[Path, Counter[str]]) -> None:
    output, numbers = plain
    changed = sorted((output / "changed").rglob("*.xml"))
    assert len(changed) == numbers["changed documents"] > 10
    for file in changed:
        domain = parse_domain(file, validate=True)
        assert domain.devices is not None
        assert all(disk.serial for disk in domain.devices.disks)
        before = (fleet / file.relative_to(output / "changed")).read_text(encoding="utf-8").splitlines()
        after = file.read_text(encoding="utf-8").splitlines()
        assert [line for line in after if "<serial>" not in line] == [line for line in before if "<serial>" not in line]


def test_a_second_run_takes_over_what_is_done(fleet: Path, plain: tuple[Path, Counter[str]]) -> None:
    output, numbers = plain
    sorted((output / "batches").iterdir())[2].unlink()
    times = {file: file.stat().st_mtime_ns for file in (output / "disks").iterdir()}
    assert audited(fleet, output).numbers == numbers
    again = [file.name for file in times if file.stat().st_mtime_ns != times[file]]
    assert again == ["000002.parquet"]


def test_the_summary_answers_the_audit() -> None:
    numbers = Counter(
        {"documents": 1200, "valid documents": 1199, "disks": 7, "external disks": 3, "fault malformed": 1}
    )
    assert summary(numbers)[:2] == [
        "1,200 documents: 1,199 valid, 1 not",
        "7 disks: 3 external, 0 transient, 0 without a serial",
    ]
    assert summary(numbers)[-1] == "1 faults: malformed"


def test_progress_is_a_line_for_each_tenth_where_there_is_no_terminal() -> None:
    written: list[str] = []
    progress = Progress(40, written.append, is_terminal=False)
    for _ in range(40):
        progress.add(Counter({"documents": 1, "valid documents": 1}))
    assert len(written) == 10
    assert written[-1].startswith("40 of 40 documents, 0 not valid, ")


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("fleet.__main__.find_spec", lambda name: None)
    assert main(["audit", "fleet", "--output", "out"]) == 2
    assert "pip install" in capsys.readouterr().err


DEADLY = """
import os
from fleet.judging import judge_batch

def judge(batch):
    if any(file.endswith("000123.xml") for file in batch.files):
        os._exit(9)
    return judge_batch(batch)
"""


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
class TestDask:
    @pytest.fixture
    def client(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
        pytest.importorskip("pyarrow")
        pytest.importorskip("distributed")
        (tmp_path / "deadly.py").write_text(DEADLY, encoding="utf-8")
        for directory in (str(tmp_path), str(EXAMPLES), str(EXAMPLES.parent)):
            monkeypatch.syspath_prepend(directory)
        with running.open_client(None, 2) as client, client.cluster:
            yield client

    def test_workers_give_what_a_loop_gives(
        self, client: Any, fleet: Path, tmp_path: Path, plain: tuple[Path, Counter[str]]
    ) -> None:
        progress = Progress(300, lambda text: None)
        run_on_dask(client, batches_of(fleet, tmp_path / "out", 50), progress)
        assert progress.numbers == plain[1]
        assert contents(tmp_path / "out") == contents(plain[0])

    def test_a_killed_worker_loses_nothing(
        self, client: Any, fleet: Path, tmp_path: Path, plain: tuple[Path, Counter[str]]
    ) -> None:
        killed: list[int] = []

        def kill_one(text: str) -> None:
            if not killed:
                killed.append(next(iter(client.run(os.getpid).values())))
                os.kill(killed[0], signal.SIGKILL)

        progress = Progress(300, kill_one, is_terminal=True)
        run_on_dask(client, batches_of(fleet, tmp_path / "out", 10), progress)
        assert killed
        assert progress.numbers == plain[1]

    def test_a_document_that_kills_workers_is_a_row(
        self, client: Any, fleet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(running, "judge_batch", importlib.import_module("deadly").judge)
        progress = Progress(300, lambda text: None)
        run_on_dask(client, batches_of(fleet, tmp_path / "out", 30), progress)
        assert progress.numbers["documents"] == 300
        assert progress.numbers["fault killed"] == 1

    def test_the_program_runs(self, fleet: Path, tmp_path: Path) -> None:
        pytest.importorskip("distributed")
        command = [sys.executable, str(EXAMPLES / "fleet"), "audit", str(fleet), "--output", str(tmp_path / "out")]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 1, done.stderr
        assert "300 documents: 292 valid, 8 not\n" in done.stdout


def contents(directory: Path) -> dict[str, bytes]:
    return {
        file.relative_to(directory).as_posix(): file.read_bytes() for file in directory.rglob("*") if file.is_file()
    }
