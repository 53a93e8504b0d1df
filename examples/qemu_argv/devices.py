"""All devices but disks."""

from __future__ import annotations

from collections.abc import Iterator

from generated.domain import (
    CharacterSource,
    ChrSourceMode,
    ChrType,
    Controller,
    Devices,
    Graphics,
    IdeController,
    Input,
    InputBus,
    InputType,
    Interface,
    Memballoon,
    MemballoonModel,
    NetType,
    OtherController,
    ScsiController,
    Serial,
    UsbController,
    Video,
    VideoModel,
    VideoType,
    VncGraphics,
)

from .supported import Unsupported

VGA = {VideoType.CIRRUS: "cirrus", VideoType.VGA: "std", VideoType.VMVGA: "vmware"}
FIRST_VNC_PORT = 5900


def refuse_what_is_not_built_in(devices: Devices) -> None:
    """Controllers and balloons are on no command line: QEMU has some by itself, and others it cannot have."""
    for controller in devices.controllers:
        if not is_built_in(controller):
            raise Unsupported(f"domain.devices: {controller.type} controller {controller.index}")
    match devices.memballoon:
        case None | Memballoon(model=MemballoonModel.NONE | MemballoonModel.VIRTIO):
            pass  # libvirt gave one to every domain; where it may not shrink the guest, it does nothing
        case Memballoon(model=model):
            raise Unsupported(f"domain.devices.memballoon: model {model}")


def is_built_in(controller: Controller) -> bool:
    match controller:
        case ScsiController():
            return True  # comes with its drives
        case IdeController(index=None | 0) | UsbController(index=None | 0):
            return True
        case OtherController(type="fdc", index=None | 0):
            return True
        case _:
            return False


def interfaces(cards: list[Interface]) -> Iterator[str]:
    """Each card in a network of its own, with the host on its other side."""
    if not cards:
        yield from ("-net", "none")
    for vlan, card in enumerate(cards):
        mac = f",macaddr={card.mac.address}" if card.mac else ""
        model = f",model={card.model.type}" if card.model else ""
        yield from ("-net", f"nic{mac},vlan={vlan}{model}")
        yield from ("-net", f"{host_side(card)},vlan={vlan}")


def host_side(card: Interface) -> str:
    match card:
        case Interface(type=NetType.USER, target=None, script=None):
            return "user"
        case Interface(type=NetType.ETHERNET, target=target, script=script):
            name = f",ifname={target.dev}" if target and target.dev else ""
            return f"tap{name}" + (f",script={script.path}" if script else "")
        case _:
            raise Unsupported(f"domain.devices: interface of type {card.type} with this target and script")


def serials(ports: list[Serial]) -> Iterator[str]:
    if not ports:
        yield from ("-serial", "none")
    for number, port in enumerate(ports):
        if port.target and port.target.port not in (None, number):
            raise Unsupported(f"domain.devices.serials[{number}]: port {port.target.port}")
        yield from ("-serial", character_device(port))


def character_device(port: Serial) -> str:
    match port.type, port.sources:
        case (ChrType.NULL | ChrType.VC | ChrType.PTY | ChrType.STDIO) as kind, []:
            return kind
        case (ChrType.FILE | ChrType.PIPE) as kind, [CharacterSource(mode=None, path=str(path))]:
            return f"{kind}:{path}"
        case ChrType.UNIX, [CharacterSource(mode=ChrSourceMode.BIND, path=str(path))]:
            return f"unix:{path},server,nowait"
        case kind, _:
            raise Unsupported(f"domain.devices: serial port of type {kind} with this source")


def inputs(devices: list[Input]) -> Iterator[str]:
    for device in devices:
        match device:
            case Input(type=InputType.MOUSE | InputType.KEYBOARD, bus=None | InputBus.PS2):
                pass  # every PC has them
            case Input(type=InputType.TABLET, bus=None | InputBus.USB):
                yield from ("-usbdevice", "tablet")
            case Input(type=InputType.MOUSE | InputType.KEYBOARD, bus=InputBus.USB):
                yield from ("-usbdevice", device.type)
            case _:
                raise Unsupported(f"domain.devices: {device.type} on bus {device.bus or 'not named'}")


def graphics(screens: list[Graphics]) -> list[str]:
    match screens:
        case []:
            return []
        case [VncGraphics(port=int(port), autoport=None | False, listen=listen)] if port >= FIRST_VNC_PORT:
            address = f"[{listen}]" if listen and ":" in listen else listen or "127.0.0.1"
            return ["-vnc", f"{address}:{port - FIRST_VNC_PORT}"]
        case _:
            raise Unsupported("domain.devices.graphics: other than one VNC server with a port of its own, from 5900 on")


def videos(cards: list[Video]) -> list[str]:
    """Memory and number of screens were fixed: libvirt itself wrote these into every document."""
    match cards:
        case []:
            return []
        case [Video(model=VideoModel(type=kind, vram=None | 9216, heads=None | 1))] if kind in VGA:
            return ["-vga", VGA[kind]]
        case _:
            raise Unsupported("domain.devices.videos: other than one cirrus, vga or vmvga with 9216 KiB and one screen")
