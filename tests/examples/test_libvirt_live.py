"""The consumer in ``examples/libvirt_live``: with the libvirt that is installed, and without one."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from libvirt_live.__main__ import main, make_disks_external, version

REPOSITORY = Path(__file__).resolve().parents[2]
EXAMPLE = REPOSITORY / "examples" / "libvirt_live"

NODE = """
<node>
  <domain type='test'>
    <name>two-disks</name>
    <memory>1024</memory>
    <os><type arch='i686'>hvm</type></os>
    <devices>
      <disk type='file' device='disk' snapshot='internal'>
        <source file='/guest/first'/>
        <target dev='hda' bus='ide'/>
      </disk>
      <disk type='file' device='disk'>
        <source file='/guest/second'/>
        <target dev='vda' bus='virtio'/>
      </disk>
    </devices>
  </domain>
</node>
"""
"""For the test driver: a host with one domain."""

DOMAIN = """\
<domain type='test'>
  <name>only</name>
  <memory>1024</memory>
  <os>
    <type arch='i686'>hvm</type>
  </os>
  <devices>
    <disk type='file' device='disk'>
      <target dev='vda'/>
    </disk>
  </devices>
</domain>
"""


@dataclass
class Libvirt:
    """As much of libvirt as the example uses: it keeps the documents that it is given."""

    document: str
    defined: list[str] = field(default_factory=list)
    libvirtError = RuntimeError
    VIR_DOMAIN_XML_INACTIVE = 2

    def open(self, uri: str) -> Libvirt:
        return self

    def getLibVersion(self) -> int:
        return 11_003_000

    def listAllDomains(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(XMLDesc=lambda flags: self.document)]

    def defineXML(self, document: str) -> SimpleNamespace:
        self.defined.append(document)
        return SimpleNamespace(XMLDesc=lambda flags: document)

    def close(self) -> None:
        pass


def test_every_disk_is_defined_again_with_external_snapshots(capsys: pytest.CaptureFixture[str]) -> None:
    stand_in = Libvirt(DOMAIN)
    make_disks_external(stand_in, "stand-in")
    assert stand_in.defined == [DOMAIN.replace("device='disk'", "device='disk' snapshot='external'")]
    assert capsys.readouterr().out.splitlines() == [
        "stand-in, libvirt 11.3.0",
        "",
        "only: i686, 1 disk",
        "  vda: snapshot=None becomes external",
        "--- before",
        "+++ after, from libvirt",
        "@@ -7,3 +7,3 @@",
        "   <devices>",
        "-    <disk type='file' device='disk'>",
        "+    <disk type='file' device='disk' snapshot='external'>",
        "       <target dev='vda'/>",
    ]


def test_what_libvirt_refuses_is_one_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = ModuleType("libvirt")

    def refuse(uri: str) -> None:
        raise RuntimeError("no connection driver available")

    vars(module).update(libvirtError=RuntimeError, open=refuse)
    monkeypatch.setitem(sys.modules, "libvirt", module)
    assert main() == 1
    assert capsys.readouterr().err == "test:///default: no connection driver available\n"


def test_without_libvirt_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "libvirt", None)
    assert main() == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "python3-libvirt" in captured.err and "libvirt-python" in captured.err


@pytest.mark.parametrize(("number", "text"), [(9_000_000, "9.0.0"), (11_003_002, "11.3.2")])
def test_versions_are_written_as_people_write_them(number: int, text: str) -> None:
    assert version(number) == text


def test_the_default_domain_of_the_installed_libvirt_changes_by_one_attribute(tmp_path: Path) -> None:
    pytest.importorskip("libvirt", reason="libvirt's Python module is not installed")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, str(EXAMPLE)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.stderr, done.returncode) == ("", 0)
    changed = [line for line in done.stdout.splitlines() if line.startswith(("- ", "+ "))]
    assert changed == [
        "-    <disk type='file' device='disk'>",
        "+    <disk type='file' device='disk' snapshot='external'>",
    ]


def test_all_disks_of_the_installed_libvirt_become_external(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    libvirt = pytest.importorskip("libvirt", reason="libvirt's Python module is not installed")
    node = tmp_path / "node.xml"
    node.write_text(NODE, encoding="utf-8")
    make_disks_external(libvirt, f"test://{node}")
    lines = capsys.readouterr().out.splitlines()
    assert "  hda: snapshot=internal becomes external" in lines
    assert "  vda: snapshot=None becomes external" in lines
    assert [line for line in lines if line.startswith("+  ")] == [
        "+    <disk type='file' device='disk' snapshot='external'>",
        "+    <disk type='file' device='disk' snapshot='external'>",
    ]
