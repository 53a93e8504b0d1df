"""Which fields of a domain the command line can say. What is set and not listed is refused: nothing is dropped.

A field that a later schema adds is refused by itself, until somebody lists it here and renders it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, fields

from generated.domain import (
    CharacterSource,
    Devices,
    Disk,
    DiskDriver,
    DiskSource,
    DiskTarget,
    Domain,
    DriveAddress,
    Element,
    Features,
    FeaturesApic,
    IdeController,
    Input,
    Interface,
    InterfaceMac,
    InterfaceModel,
    InterfaceScript,
    InterfaceTarget,
    LocaltimeClock,
    Memballoon,
    Memory,
    Os,
    OsBoot,
    OsType,
    OtherController,
    ScaledInteger,
    ScsiController,
    Serial,
    SerialTarget,
    UsbController,
    UtcClock,
    Vcpu,
    Video,
    VideoModel,
    VncGraphics,
)

SUPPORTED: dict[type[Element], str] = {
    Domain: "type memory current_memory vcpu os features clock on_reboot devices",
    Memory: "value unit",
    ScaledInteger: "value unit",
    Vcpu: "value",
    Os: "type boots kernel initrd cmdline",
    OsType: "arch machine value",
    OsBoot: "dev",
    Features: "acpi apic pae",  # its processors always have the last two
    FeaturesApic: "",
    UtcClock: "offset",
    LocaltimeClock: "offset",
    Devices: "emulator disks controllers interfaces serials inputs graphics videos memballoon",
    Disk: "type device source driver target readonly shareable serial address",
    DiskSource: "file dev",
    DiskDriver: "name type cache",
    DiskTarget: "dev bus",
    DriveAddress: "type controller bus target unit",
    IdeController: "type index",
    ScsiController: "type index",
    UsbController: "type index",
    OtherController: "type index",
    Interface: "type mac model target script",
    InterfaceMac: "address",
    InterfaceModel: "type",
    InterfaceTarget: "dev",
    InterfaceScript: "path",
    Serial: "type sources target",
    SerialTarget: "port",
    CharacterSource: "path mode",
    Input: "type bus",
    VncGraphics: "type port autoport listen",
    Video: "model",
    VideoModel: "type vram heads",
    Memballoon: "model",
}

NOT_FOR_QEMU: dict[type[Element], str] = {
    Domain: "id name uuid title description metadata on_poweroff on_crash",
    Disk: "snapshot",
}
"""What libvirt keeps or does itself, without a word to this QEMU."""


class Unsupported(Exception):
    """This QEMU cannot run the domain as its document says, for these reasons."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = reasons


def refuse_unsupported(domain: Domain) -> None:
    if reasons := tuple(unsupported(domain, "domain")):
        raise Unsupported(*reasons)


def unsupported(element: Element, place: str) -> Iterator[str]:
    """Every field that is set and has no place on the command line, in this element and below."""
    kind = type(element)
    if kind not in SUPPORTED:
        yield f"{place}: {kind.__name__}"
        return
    for name, value in set_fields(element):
        if name in SUPPORTED[kind].split():
            for child_place, child in children(f"{place}.{name}", value):
                yield from unsupported(child, child_place)
        elif name not in NOT_FOR_QEMU.get(kind, "").split():
            yield f"{place}: {name}"


def set_fields(element: Element) -> Iterator[tuple[str, object]]:
    """Generated classes are dataclasses to the standard library: what is not the default has been set."""
    for field in fields(element):
        default = field.default if field.default_factory is MISSING else field.default_factory()
        value = getattr(element, field.name)
        if value != default:
            yield field.name, value


def children(place: str, value: object) -> Iterator[tuple[str, Element]]:
    match value:
        case Disk():
            yield disk_name(value), value
        case Element():
            yield place, value
        case list():
            for position, item in enumerate(value):
                yield from children(f"{place}[{position}]", item)


def disk_name(disk: Disk) -> str:
    return f"disk {disk.target.dev}"
