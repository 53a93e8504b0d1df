"""The life of engines: what they hold and let go of, what turns them off, and how they meet errors."""

from __future__ import annotations

import gc
import importlib
import subprocess
import sys
import threading
import weakref
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.engine.differences import difference, documents_of, without_engine

REPOSITORY = Path(__file__).parents[2]
DOCUMENTS = sorted((REPOSITORY / "tests" / "documents" / "domain").glob("*.xml"))


def new_engine(package: ModuleType) -> Any:
    native = documents_of(package).native_of.__wrapped__(package.__name__)
    return None if native is None else native.engine


def number_of_domain(package: ModuleType, engine: Any) -> dict[str, int]:
    return {"domain": engine.target((package.Domain,))}


def test_an_engine_is_freed_with_all_that_it_holds(domain: ModuleType) -> None:
    def used() -> Any:
        engine = new_engine(domain)
        roots = number_of_domain(domain, engine)
        for path in DOCUMENTS:
            found = engine.parse(path.read_bytes(), roots)
            if found is not None:
                engine.format(found, 2)

        class Canary:
            pass

        canary = Canary()
        # A circle through the engine, which only the collector can find.
        canary.engine = engine  # type: ignore[attr-defined]
        roots_with_canary = {**roots, "canary": canary}
        held = importlib.import_module("relaxgen_engine").Engine(
            lambda _kind, _canary=canary: None, *[lambda *_: None] * 6, *_types(domain), object(), {}, set()
        )
        canary.held = held  # type: ignore[attr-defined]
        del roots_with_canary
        return weakref.ref(canary)

    canary = used()
    gc.collect()
    assert canary() is None


def _types(package: ModuleType) -> tuple[type, type]:
    module = module_of(package)
    return module.Preserved, module.AnyElement


def module_of(package: ModuleType) -> Any:
    """What tells the engine of the package."""
    return importlib.import_module(f"{package.__name__}._runtime.native")


def test_documents_do_not_make_it_grow(domain: ModuleType) -> None:
    engine = new_engine(domain)
    roots = number_of_domain(domain, engine)
    documents = [path.read_bytes() for path in DOCUMENTS]

    def read_all() -> None:
        for data in documents:
            found = engine.parse(data, roots)
            if found is not None:
                engine.format(found, 2)

    for _ in range(3):
        read_all()
    gc.collect()
    before = sys.getallocatedblocks()
    for _ in range(20):
        read_all()
    gc.collect()
    assert sys.getallocatedblocks() - before < 50


def test_a_variable_turns_it_off(domain: ModuleType) -> None:
    program = "from generated.domain._runtime.documents import native_of; print(native_of('generated.domain'))"
    result = subprocess.run(
        [sys.executable, "-c", program],
        env={"RELAXGEN_ENGINE": "off", "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == "None\n"


def test_an_engine_of_another_version_is_not_used(domain: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module(f"{domain.__name__}._runtime.markup")
    monkeypatch.setattr(module, "TABLE_VERSION", 999)
    assert module.engine.__wrapped__() is None


def test_the_collector_of_garbage_is_left_as_it_was(domain: ModuleType) -> None:
    engine = new_engine(domain)
    roots = number_of_domain(domain, engine)
    assert gc.isenabled()
    engine.parse(b"<domain/>", roots)
    assert gc.isenabled()
    gc.disable()
    try:
        engine.parse(b"<domain/>", roots)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_documents_are_no_work_for_the_collector(domain: ModuleType) -> None:
    text = (
        "<domain type='kvm'><name>g</name><metadata><a xmlns='urn:a'><b/></a></metadata><memory>1</memory>"
        "<os><type>hvm</type></os>"
        "<devices><disk type='file'><target dev='vda'/><source file='/a'/></disk></devices></domain>"
    )
    engine = new_engine(domain)
    found = engine.parse(text, number_of_domain(domain, engine))
    disk = found.devices.disks[0]
    other = found.metadata.elements[0]
    made = (found, found.devices.disks, disk, disk._preserved, found.metadata, other, other.content)
    assert not any(gc.is_tracked(one) for one in made)


PROGRAM_WITH_A_CLASS_OF_ITS_OWN = """
import gc, weakref
import generated.domain as package
from generated.domain._runtime.documents import native_of

class OwnDisk(package.Disk):
    __slots__ = ("owner",)

DISK = "<disk type='file'><target dev='vda'/></disk>"
native = native_of("generated.domain")
devices = native.engine.parse(f"<devices>{DISK}</devices>", {"devices": native.engine.target((package.Devices,))})
disk = OwnDisk(type="file", target=package.DiskTarget(dev="vdb"))
disk.owner = devices
devices.disks.append(disk)
here = weakref.ref(disk)
del disk, devices
assert here() is not None
gc.collect()
assert here() is None
"""


def test_a_ring_through_an_object_of_a_program_is_collected(domain: ModuleType) -> None:
    command = [sys.executable, "-c", PROGRAM_WITH_A_CLASS_OF_ITS_OWN]
    subprocess.run(command, env={"PYTHONPATH": str(REPOSITORY)}, check=True)


def test_threads_share_an_engine(domain: ModuleType) -> None:
    engine = new_engine(domain)
    roots = number_of_domain(domain, engine)
    documents = [path.read_bytes() for path in DOCUMENTS]
    with without_engine(domain):
        expected = [domain.parse(data) for data in documents]
    wrong: list[str] = []

    def read() -> None:
        for _ in range(5):
            for data, right in zip(documents, expected, strict=True):
                found = engine.parse(data, roots)
                if found is not None:
                    wrong.extend(filter(None, [difference(found, right)]))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


class Stop(BaseException):
    pass


def test_what_is_no_fault_of_a_document_is_raised(domain: ModuleType) -> None:
    def describe(_kind: type) -> None:
        raise Stop

    native = module_of(domain)
    make = importlib.import_module("relaxgen_engine").Engine
    engine = make(
        describe,
        native.resolve,
        native.resolve_content,
        native.allows,
        native.recipe,
        native.OtherSpelling,
        native.spelling,
        *_types(domain),
        native.MISSING,
        {},
        set(),
    )
    with pytest.raises(Stop):
        engine.parse(b"<domain/>", number_of_domain(domain, engine))
    with pytest.raises(Stop):
        engine.format(domain.DiskTarget(dev="vda"), 2)


@pytest.mark.parametrize(
    "description",
    [
        1,
        (),
        ("a", 0, (), (), None, None, ()),
        ("a", 0, (("nope", None),), (), None, None, (), ()),
        ("a", 0, (), (1,), None, None, (), ()),
        ("a", 0, (), (("x", "dev", 1, True),), None, None, (), ()),
        ("a", 0, (), (), None, 1, (), ()),
        ("a", 0, (), (), 1, None, (), ()),
        ("a", 0, (), (), None, None, (("x", "dev", 9, False, False, None),), ()),
        ("a", 0, (), (), None, None, (), (("dev", None),)),
    ],
)
def test_a_wrong_description_is_an_error(domain: ModuleType, description: object) -> None:
    native = module_of(domain)
    make = importlib.import_module("relaxgen_engine").Engine
    engine = make(lambda _kind: description, *[lambda *_: None] * 6, *_types(domain), native.MISSING, {}, set())
    roots = {"target": engine.target((domain.DiskTarget,))}
    with pytest.raises((TypeError, ValueError, AttributeError)):
        engine.parse(b"<target dev='vda'/>", roots)
    with pytest.raises((TypeError, ValueError, AttributeError)):
        engine.format(domain.DiskTarget(dev="vda"), 2)


@pytest.mark.parametrize("classes", [(), (1,), [], None, (int, str)])
def test_a_wrong_target_is_an_error(domain: ModuleType, engine: Any, classes: Any) -> None:
    with pytest.raises((TypeError, AttributeError)):
        engine.target(classes)


def test_wrong_numbers_of_targets_are_errors(domain: ModuleType) -> None:
    engine = new_engine(domain)
    with pytest.raises(IndexError):
        engine.parse(b"<domain/>", {"domain": 1_000_000})
    with pytest.raises(IndexError):
        engine.parse(b"<domain/>", {"domain": -1})
    with pytest.raises(TypeError):
        engine.parse(b"<domain/>", {"domain": "0"})
