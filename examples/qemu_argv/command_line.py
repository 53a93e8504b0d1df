"""From a domain to the command line: the arguments in the order that libvirt gave them in."""

from __future__ import annotations

import shlex

from generated.domain import (
    Arch,
    Boot,
    Clock,
    Devices,
    Domain,
    Features,
    LocaltimeClock,
    Memory,
    Os,
    OsToken,
    OsType,
    ScaledInteger,
    ShutdownAction,
    UtcClock,
    Virt,
)

from .devices import graphics, inputs, interfaces, refuse_what_is_not_built_in, serials, videos
from .drives import drives
from .supported import Unsupported, refuse_unsupported

ENVIRONMENT = ("LC_ALL=C", "PATH=/bin", "HOME=/home/test", "USER=test", "LOGNAME=test")
MONITOR = "unix:/tmp/test-monitor,server,nowait"
BOOT_DRIVES = {Boot.FD: "a", Boot.HD: "c", Boot.CDROM: "d", Boot.NETWORK: "n"}


def command_line(domain: Domain) -> str:
    """One line for a shell; `Unsupported` says all that it would leave out."""
    refuse_unsupported(domain)
    return shlex.join([*ENVIRONMENT, *arguments(domain)])


def arguments(domain: Domain) -> list[str]:
    devices = domain.devices or Devices()
    refuse_what_is_not_built_in(devices)
    return [
        emulator(devices),
        "-S",
        *machine(domain.os.type),
        *accelerator(domain.type),
        *("-m", str(mebibytes(domain))),
        *("-smp", str(domain.vcpu.value if domain.vcpu else 1)),
        *([] if devices.graphics else ["-nographic"]),
        *("-monitor", MONITOR),
        *clock(domain.clock),
        *reboot(domain.on_reboot),
        *acpi(domain.features),
        *boot(domain.os),
        *drives(devices.disks),
        *interfaces(devices.interfaces),
        *serials(devices.serials),
        *("-parallel", "none"),
        "-usb",
        *inputs(devices.inputs),
        *graphics(devices.graphics),
        *videos(devices.videos),
    ]


def emulator(devices: Devices) -> str:
    if devices.emulator is None:
        raise Unsupported("domain.devices: no emulator is named, and none is looked for")
    return devices.emulator


def machine(system: OsType) -> list[str]:
    match system:
        case OsType(value=OsToken.HVM, arch=None | Arch.I686 | Arch.X86_64, machine=name):
            return ["-M", name] if name else []
        case _:
            raise Unsupported(f"domain.os: type {system.value} for {system.arch or 'the processor of the host'}")


def accelerator(hypervisor: Virt) -> list[str]:
    match hypervisor:
        case Virt.QEMU:
            return []
        case Virt.KVM:
            return ["-enable-kvm"]
        case _:
            raise Unsupported(f"domain: type {hypervisor}")


def mebibytes(domain: Domain) -> int:
    if domain.memory is None:
        raise Unsupported("domain: no memory is named")
    size = bytes_of(domain.memory)
    if domain.current_memory is not None and bytes_of(domain.current_memory) != size:
        raise Unsupported("domain.current_memory: other than memory; a balloon shrinks only after the start")
    return -(-size // 2**20)


def bytes_of(memory: Memory | ScaledInteger) -> int:
    """In units of 1024, but for those of two letters like KB: b, bytes, k, KiB, KB, M, …"""
    unit = (memory.unit or "KiB").lower()
    if unit in ("b", "byte", "bytes"):
        return memory.value
    factor: int = (1000 if len(unit) == 2 else 1024) ** " kmgtpe".index(unit[0])
    return memory.value * factor


def clock(setting: Clock | None) -> list[str]:
    match setting:
        case None | UtcClock():
            return []
        case LocaltimeClock():
            return ["-localtime"]
        case _:
            raise Unsupported(f"domain.clock: offset {setting.offset}")


def reboot(action: ShutdownAction | None) -> list[str]:
    """A restart is QEMU's own; before anything else it stops, and libvirt goes on."""
    return [] if action in (None, ShutdownAction.RESTART) else ["-no-reboot"]


def acpi(features: Features | None) -> list[str]:
    return [] if features and features.acpi else ["-no-acpi"]


def boot(system: Os) -> list[str]:
    arguments = ["-boot", "".join(BOOT_DRIVES[device.dev] for device in system.boots) or "c"]
    for option, value in (("-kernel", system.kernel), ("-initrd", system.initrd), ("-append", system.cmdline)):
        arguments += [option, value] if value is not None else []
    return arguments
