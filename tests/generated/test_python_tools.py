"""Tools that Python programmers use on any object work on objects of generated classes."""

from __future__ import annotations

import copy
import inspect
import os
import pprint
import subprocess
import sys
import typing
import weakref
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

DISK = """<disk type='file' device='disk'><source file='/a'/><target dev='vda' bus='virtio'/>
<address type='pci' domain='0x0000' bus='0x00' slot='0x04' function='0x0'/></disk>"""


@pytest.fixture
def disk(domain: ModuleType) -> Any:
    return domain.parse_disk(DISK)


def test_pprint_shows_the_object(disk: Any) -> None:
    assert "DiskTarget(dev='vda'" in pprint.pformat(disk)


def test_what_repr_shows_makes_an_equal_object(domain: ModuleType, disk: Any) -> None:
    assert eval(repr(disk), {name: getattr(domain, name) for name in domain.__all__}) == disk


def test_pytest_shows_which_fields_of_two_objects_differ(domain: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "test_disk.py").write_text(
        f"from {domain.__name__} import parse_disk\n\n"
        "def test_equal():\n"
        f"    one, other = parse_disk({DISK!r}), parse_disk({DISK!r})\n"
        "    other.target.dev = 'vdb'\n"
        "    assert one == other\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "pytest", "-vv", "-p", "no:cacheprovider", str(tmp_path)]
    place = {"PYTHONPATH": str(Path(str(domain.__file__)).parents[1])}
    run = subprocess.run(command, cwd=tmp_path, env=os.environ | place, capture_output=True, text=True, check=False)
    assert "Drill down into differing attribute target" in run.stdout
    assert "dev: 'vda' != 'vdb'" in run.stdout
    assert "['target']" in run.stdout


def test_annotations_of_classes_in_a_circle_can_be_resolved(domain: ModuleType) -> None:
    for name in domain.__all__:
        value = getattr(domain, name)
        if isinstance(value, type) and issubclass(value, domain.Element):
            typing.get_type_hints(value)
    assert typing.get_type_hints(domain.Disk)["address"] == domain.Address | None


def test_a_signature_has_the_fields_with_their_defaults(domain: ModuleType) -> None:
    parameters = inspect.signature(domain.DiskTarget).parameters
    assert parameters["dev"].default is inspect.Parameter.empty
    assert parameters["bus"].default is None
    assert {one.kind for one in parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}


def test_objects_have_weak_references(disk: Any) -> None:
    assert weakref.ref(disk)() is disk


def test_a_deep_copy_is_equal_and_apart(disk: Any) -> None:
    other = copy.deepcopy(disk)
    other.target.dev = "vdb"
    assert disk.target.dev == "vda"


def test_rich_shows_the_fields_that_are_set(disk: Any) -> None:
    from rich.pretty import pretty_repr

    assert "dev='vda'" in pretty_repr(disk)


def test_cattrs_takes_objects_apart_and_puts_them_together(domain: ModuleType, disk: Any) -> None:
    cattrs = pytest.importorskip("cattrs")
    converter = cattrs.Converter()
    plain = converter.unstructure(disk.target)
    assert plain["dev"] == "vda"
    assert converter.structure(plain, domain.DiskTarget) == disk.target


def test_pydantic_dumps_objects(domain: ModuleType, disk: Any) -> None:
    pydantic = pytest.importorskip("pydantic")
    adapter = pydantic.TypeAdapter(domain.DiskTarget)
    assert adapter.dump_python(disk.target)["dev"] == "vda"
    assert b'"vda"' in adapter.dump_json(disk.target)
