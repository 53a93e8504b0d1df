"""Disks as ``-drive`` arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generated.domain import (
    Disk,
    DiskBus,
    DiskCache,
    DiskDevice,
    DiskDriver,
    DiskSource,
    DriveAddress,
    StorageFileFormat,
)

from .supported import Unsupported, disk_name

BUS_OF_PREFIX = {"hd": DiskBus.IDE, "sd": DiskBus.SCSI, "vd": DiskBus.VIRTIO, "fd": DiskBus.FDC}
INTERFACE_OF_BUS = {DiskBus.IDE: "ide", DiskBus.SCSI: "scsi", DiskBus.VIRTIO: "virtio", DiskBus.FDC: "floppy"}
FORMATS = {
    StorageFileFormat.RAW,
    StorageFileFormat.QCOW,
    StorageFileFormat.QCOW2,
    StorageFileFormat.QED,
    StorageFileFormat.VDI,
    StorageFileFormat.VMDK,
}


def drives(disks: list[Disk]) -> Iterator[str]:
    """Disks of one bus stand together, by the letters of their targets; buses in the order of the document."""
    buses = [bus_of(disk) for disk in disks]
    for disk in sorted(disks, key=lambda disk: (buses.index(bus_of(disk)), index_of(disk))):
        yield from ("-drive", ",".join(drive(disk)))


def drive(disk: Disk) -> Iterator[str]:
    driver = disk.driver or DiskDriver()
    yield from image(disk)
    yield f"if={INTERFACE_OF_BUS[bus_of(disk)]}"
    yield from media(disk)
    yield from position(disk)
    yield from readonly(disk)
    yield from image_format(disk, driver)
    if disk.serial is not None:
        yield option("serial", disk.serial)
    yield from cache(disk, driver)


def refused(disk: Disk, reason: str) -> Unsupported:
    return Unsupported(f"{disk_name(disk)}: {reason}")


def option(name: str, value: str) -> str:
    """In a list of options a comma is written twice."""
    return f"{name}={value.replace(',', ',,')}"


def bus_of(disk: Disk) -> DiskBus:
    """The bus that is named, or else the one that the target's name tells."""
    bus = disk.target.bus or BUS_OF_PREFIX.get(disk.target.dev[:2])
    if bus is None or bus not in INTERFACE_OF_BUS:
        raise refused(disk, f"bus {bus or 'not named'}")
    return bus


def index_of(disk: Disk) -> int:
    """0 for hda, 25 for hdz, 26 for hdaa."""
    if not re.fullmatch("[hsvf]d[a-z]+", disk.target.dev):
        raise refused(disk, "target names other than hda, sda, vda or fda with further letters")
    index = 0
    for letter in disk.target.dev[2:]:
        index = index * 26 + ord(letter) - ord("a") + 1
    return index - 1


def image(disk: Disk) -> list[str]:
    match disk.source:
        case DiskSource(file=str(path)) | DiskSource(dev=str(path)):
            return [option("file", path)]
        case _ if disk.device in (DiskDevice.CDROM, DiskDevice.FLOPPY):
            return []
        case _:
            raise refused(disk, "no medium in a drive that cannot be opened")


def media(disk: Disk) -> list[str]:
    match disk.device or DiskDevice.DISK, bus_of(disk):
        case DiskDevice.CDROM, DiskBus.IDE | DiskBus.SCSI:
            return ["media=cdrom"]
        case (DiskDevice.DISK, DiskBus.IDE | DiskBus.SCSI | DiskBus.VIRTIO) | (DiskDevice.FLOPPY, DiskBus.FDC):
            return []
        case device, bus:
            raise refused(disk, f"{device} on bus {bus}")


def position(disk: Disk) -> list[str]:
    """Only an IDE controller has several buses; several SCSI controllers count as such."""
    match bus_of(disk), coordinates(disk):
        case DiskBus.VIRTIO, None:
            return []
        case DiskBus.IDE, (0, bus, unit):
            return [f"bus={bus}", f"unit={unit}"]
        case DiskBus.SCSI, (controller, 0, unit):
            return [f"bus={controller}", f"unit={unit}"]
        case DiskBus.FDC, (0, 0, unit):
            return [f"unit={unit}"]
        case _:
            raise refused(disk, "no drive can have its address")


def coordinates(disk: Disk) -> tuple[int, int, int] | None:
    """Controller, bus and unit, as the address has them, or those that follow from the target's name."""
    match disk.address, bus_of(disk):
        case DriveAddress(controller=controller, bus=bus, unit=unit, target=None | 0), _:
            return controller or 0, bus or 0, unit or 0
        case None, DiskBus.IDE:
            return 0, *divmod(index_of(disk), 2)
        case None, DiskBus.SCSI:
            controller, unit = divmod(index_of(disk), 7)
            return controller, 0, unit
        case None, DiskBus.FDC:
            return 0, 0, index_of(disk)
        case None, _:
            return None
        case _:
            raise refused(disk, "address")


def readonly(disk: Disk) -> list[str]:
    if not disk.readonly or disk.device is DiskDevice.CDROM:
        return []
    if bus_of(disk) is DiskBus.IDE:
        raise refused(disk, "readonly: an IDE hard disk can always be written to")
    return ["readonly=on"]


def image_format(disk: Disk, driver: DiskDriver) -> list[str]:
    match driver:
        case DiskDriver(name=None | "qemu", type=None):
            return []
        case DiskDriver(name=None | "qemu", type=image_format) if image_format in FORMATS:
            return [f"format={image_format}"]
        case _:
            raise refused(disk, f"driver {driver.name or 'qemu'} with type {driver.type}")


def cache(disk: Disk, driver: DiskDriver) -> list[str]:
    """What several guests write to must not be cached on the host."""
    match driver.cache:
        case None | DiskCache.DEFAULT:
            return ["cache=none"] if disk.shareable and not disk.readonly else []
        case mode:
            return [f"cache={mode}"]
