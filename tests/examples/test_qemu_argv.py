"""The consumer in ``examples/qemu_argv``: what it prints, what it refuses, and that it drops nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import fields
from itertools import pairwise
from pathlib import Path

import pytest
from qemu_argv.command_line import arguments, command_line
from qemu_argv.supported import NOT_FOR_QEMU, SUPPORTED, Unsupported, unsupported

from generated.domain import Devices, Disk, DiskTarget, Domain, Element, parse_domain

REPOSITORY = Path(__file__).resolve().parents[2]
DOCUMENTS = REPOSITORY / "tests" / "documents" / "domain"

SNAPSHOT_MODES = (
    "LC_ALL=C PATH=/bin HOME=/home/test USER=test LOGNAME=test /usr/bin/qemu -S -M pc -m 214 -smp 1 -nographic"
    " -monitor unix:/tmp/test-monitor,server,nowait -no-acpi -boot c"
    " -drive file=/dev/HostVG/QEMUGuest1,if=ide,bus=0,unit=0,format=qcow2,cache=none"
    " -drive file=/dev/HostVG/QEMUGuest3,if=ide,bus=2,unit=0,format=qcow2,cache=none"
    " -drive file=/dev/HostVG/QEMUGuest2,if=ide,media=cdrom,bus=1,unit=0,format=raw"
    " -net none -serial none -parallel none -usb\n"
)
"""What libvirt's own test expected when snapshot modes of disks were new."""

GUEST = """
<domain type='{type}'>
  <name>guest</name>
  {domain}
  <os>{os}</os>
  <devices><emulator>/usr/bin/qemu</emulator>{devices}</devices>
</domain>
"""
MEMORY = "<memory>1024</memory>"
MACHINE = "<type>hvm</type>"
MINIMAL_LINE = (
    "/usr/bin/qemu -S -m 1 -smp 1 -nographic -monitor unix:/tmp/test-monitor,server,nowait -no-acpi -boot c"
    " -net none -serial none -parallel none -usb"
)
MINIMAL = MINIMAL_LINE.split()


def guest(*, type: str = "qemu", domain: str = MEMORY, os: str = MACHINE, devices: str = "") -> Domain:
    return parse_domain(GUEST.format(type=type, domain=domain, os=os, devices=devices))


def difference(domain: Domain) -> tuple[str, str]:
    """What the command line has that the smallest one has not, and the other way round."""
    found = command_line(domain).split(" ")[5:]
    start = 0
    while found[start] == MINIMAL[start]:
        start += 1
        if start == len(MINIMAL):
            return " ".join(found[start:]), ""
    end = 0
    while found[-1 - end] == MINIMAL[-1 - end] and end < len(MINIMAL) - start:
        end += 1
    return " ".join(found[start : len(found) - end]), " ".join(MINIMAL[start : len(MINIMAL) - end])


def run(document: Path, directory: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, str(REPOSITORY / "examples" / "qemu_argv"), str(document)]
    return subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)


def test_the_snapshot_modes_give_the_line_that_libvirt_gave(tmp_path: Path) -> None:
    done = run(DOCUMENTS / "disk-snapshot-modes.xml", tmp_path)
    assert (done.stdout, done.stderr, done.returncode) == (SNAPSHOT_MODES, "", 0)


def test_a_transient_disk_is_refused_with_the_file_and_the_disk(tmp_path: Path) -> None:
    document = DOCUMENTS / "disk-transient.xml"
    done = run(document, tmp_path)
    assert (done.stdout, done.returncode) == ("", 2)
    assert done.stderr == f"{document}: not supported: disk hda: transient\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "{}: No such file or directory\n"),
        ("<domain", "{}:1:1: not well-formed XML"),
        ("<domain type='qemu'><name>a</name></domain>", "{}:1:1: /domain"),
    ],
)
def test_a_file_that_is_no_domain_is_refused_in_one_message(tmp_path: Path, text: str | None, message: str) -> None:
    document = tmp_path / "guest.xml"
    if text is not None:
        document.write_text(text, encoding="utf-8")
    done = run(document, tmp_path)
    assert (done.stdout, done.returncode) == ("", 2)
    assert done.stderr.startswith(message.format(document))
    assert "Traceback" not in done.stderr


def test_the_smallest_guest_has_what_all_guests_have() -> None:
    assert arguments(guest()) == MINIMAL


@pytest.mark.parametrize(
    ("document", "added", "missing"),
    [
        ({"type": "kvm"}, "-enable-kvm", ""),
        ({"os": "<type machine='pc-0.14'>hvm</type>"}, "-M pc-0.14", ""),
        ({"os": MACHINE + "<boot dev='cdrom'/><boot dev='network'/><boot dev='hd'/><boot dev='fd'/>"}, "dnca", "c"),
        (
            {"os": MACHINE + "<kernel>/boot/k</kernel><initrd>/boot/i</initrd><cmdline>root=/dev/vda ro</cmdline>"},
            "-kernel /boot/k -initrd /boot/i -append 'root=/dev/vda ro'",
            "",
        ),
        ({"domain": "<memory>1025</memory>"}, "2", "1"),
        ({"domain": "<memory unit='b'>1048577</memory>"}, "2", "1"),
        ({"domain": "<memory unit='G'>2</memory>"}, "2048", "1"),
        ({"domain": "<memory unit='MB'>100</memory>"}, "96", "1"),
        ({"domain": "<memory unit='MiB'>2</memory><currentMemory>2048</currentMemory>"}, "2", "1"),
        ({"domain": MEMORY + "<vcpu>4</vcpu>"}, "4", "1"),
        ({"domain": MEMORY + "<features><acpi/><apic/><pae/></features>"}, "", "-no-acpi"),
        ({"domain": MEMORY + "<clock offset='localtime'/>"}, "-localtime", ""),
        ({"domain": MEMORY + "<on_reboot>destroy</on_reboot>"}, "-no-reboot", ""),
        ({"domain": MEMORY + "<on_poweroff>restart</on_poweroff><on_crash>preserve</on_crash>"}, "", ""),
        ({"devices": "<controller type='usb' index='0'/><controller type='fdc'/><controller type='scsi'/>"}, "", ""),
        ({"devices": "<memballoon model='none'/>"}, "", ""),
        (
            {
                "devices": "<interface type='user'><mac address='00:11:22:33:44:55'/><model type='virtio'/></interface>"
                "<interface type='ethernet'><target dev='nic02'/><script path='/etc/qemu-ifup'/></interface>"
            },
            "nic,macaddr=00:11:22:33:44:55,vlan=0,model=virtio -net user,vlan=0"
            " -net nic,vlan=1 -net tap,ifname=nic02,script=/etc/qemu-ifup,vlan=1",
            "none",
        ),
        (
            {
                "devices": "<serial type='pty'><target port='0'/></serial>"
                "<serial type='file'><source path='/tmp/log'/><target port='1'/></serial>"
                "<serial type='unix'><source mode='bind' path='/tmp/socket'/></serial>"
            },
            "pty -serial file:/tmp/log -serial unix:/tmp/socket,server,nowait",
            "none",
        ),
        (
            {
                "devices": "<input type='mouse' bus='ps2'/>"
                "<input type='tablet' bus='usb'/><input type='mouse' bus='usb'/>"
            },
            "-usbdevice tablet -usbdevice mouse",
            "",
        ),
        ({"devices": "<video><model type='vga' vram='9216' heads='1'/></video>"}, "-vga std", ""),
    ],
)
def test_what_a_guest_of_the_time_has_is_rendered(document: dict[str, str], added: str, missing: str) -> None:
    assert difference(guest(**document)) == (added, missing)


@pytest.mark.parametrize(
    ("attributes", "argument"),
    [
        ("port='5903'", "127.0.0.1:3"),
        ("port='5900' autoport='no' listen='0.0.0.0'", "0.0.0.0:0"),
        ("port='5901' listen='::1'", "[::1]:1"),
    ],
)
def test_a_vnc_server_takes_the_place_of_nographic(attributes: str, argument: str) -> None:
    found = arguments(guest(devices=f"<graphics type='vnc' {attributes}/>"))
    assert found[-2:] == ["-vnc", argument]
    assert "-nographic" not in found


def drives(devices: str) -> list[str]:
    found = arguments(guest(devices=devices))
    return [value for option, value in pairwise(found) if option == "-drive"]


@pytest.mark.parametrize(
    ("disk", "argument"),
    [
        ("<source file='/a'/><target dev='hdd'/>", "file=/a,if=ide,bus=1,unit=1"),
        ("<source file='/a'/><target dev='sdi'/>", "file=/a,if=scsi,bus=1,unit=1"),
        (
            "<source file='/a'/><target dev='sda'/><address type='drive' controller='2' unit='5'/>",
            "file=/a,if=scsi,bus=2,unit=5",
        ),
        ("<source file='/a'/><target dev='vdab' bus='virtio'/>", "file=/a,if=virtio"),
        ("<source file='/a,b'/><target dev='hda'/>", "file=/a,,b,if=ide,bus=0,unit=0"),
        ("<source file='/a'/><target dev='vda'/><readonly/>", "file=/a,if=virtio,readonly=on"),
        ("<source file='/a'/><target dev='vda'/><serial>S 1</serial>", "file=/a,if=virtio,serial=S 1"),
        ("<source file='/a'/><target dev='vda'/><shareable/>", "file=/a,if=virtio,cache=none"),
        (
            "<driver name='qemu' cache='default'/><source file='/a'/><target dev='vda'/>",
            "file=/a,if=virtio",
        ),
        (
            "<driver type='raw' cache='writeback'/><source file='/a'/><target dev='vda'/><shareable/>",
            "file=/a,if=virtio,format=raw,cache=writeback",
        ),
    ],
)
def test_a_disk_is_one_drive(disk: str, argument: str) -> None:
    assert drives(f"<disk type='file' device='disk'>{disk}</disk>") == [argument]


def test_drives_may_be_empty_where_a_medium_can_be_put_in() -> None:
    found = drives(
        "<disk type='file' device='cdrom'><target dev='hdc'/><readonly/></disk>"
        "<disk type='file' device='floppy'><target dev='fdb'/></disk>"
    )
    assert found == ["if=ide,media=cdrom,bus=1,unit=0", "if=floppy,unit=1"]


def test_disks_are_in_the_order_of_their_targets_within_buses_in_the_order_of_the_document() -> None:
    targets = ["vdb", "hdb", "vdaa", "hda", "vda"]
    found = drives("".join(f"<disk><source file='/{target}'/><target dev='{target}'/></disk>" for target in targets))
    assert [drive.partition(",")[0] for drive in found] == [
        "file=/vda",
        "file=/vdb",
        "file=/vdaa",
        "file=/hda",
        "file=/hdb",
    ]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"type": "xen"}, "domain: type xen"),
        ({"os": "<type>linux</type>"}, "domain.os: type linux for the processor of the host"),
        ({"os": "<type arch='ppc64'>hvm</type>"}, "domain.os: type hvm for ppc64"),
        ({"domain": ""}, "domain: no memory is named"),
        (
            {"domain": MEMORY + "<currentMemory>512</currentMemory>"},
            "domain.current_memory: other than memory; a balloon shrinks only after the start",
        ),
        ({"domain": MEMORY + "<vcpu cpuset='1-2'>2</vcpu>"}, "domain.vcpu: cpuset"),
        ({"domain": MEMORY + "<clock offset='variable' adjustment='9'/>"}, "domain.clock: VariableClock"),
        ({"domain": MEMORY + "<iothreads>2</iothreads>"}, "domain: iothreads"),
        ({"devices": "<controller type='ide' index='1'/>"}, "domain.devices: ide controller 1"),
        ({"devices": "<memballoon model='xen'/>"}, "domain.devices.memballoon: model xen"),
        (
            {"devices": "<interface type='user'><target dev='a'/></interface>"},
            "domain.devices: interface of type user with this target and script",
        ),
        ({"devices": "<serial type='pty'><target port='1'/></serial>"}, "domain.devices.serials[0]: port 1"),
        (
            {"devices": "<serial type='stdio'><source path='/a'/></serial>"},
            "domain.devices: serial port of type stdio with this source",
        ),
        ({"devices": "<input type='tablet' bus='xen'/>"}, "domain.devices: tablet on bus xen"),
        (
            {"devices": "<graphics type='vnc' autoport='yes'/>"},
            "domain.devices.graphics: other than one VNC server with a port of its own, from 5900 on",
        ),
        ({"devices": "<graphics type='spice'/>"}, "domain.devices.graphics[0]: SpiceGraphics"),
        (
            {"devices": "<video><model type='vga' vram='16384'/></video>"},
            "domain.devices.videos: other than one cirrus, vga or vmvga with 9216 KiB and one screen",
        ),
    ],
)
def test_what_cannot_be_said_is_refused(document: dict[str, str], reason: str) -> None:
    with pytest.raises(Unsupported) as caught:
        command_line(guest(**document))
    assert caught.value.reasons == (reason,)


@pytest.mark.parametrize(
    ("device", "disk", "reason"),
    [
        ("disk", "<source file='/a'/><target dev='sda' bus='sata'/>", "disk sda: bus sata"),
        ("disk", "<source file='/a'/><target dev='xvda'/>", "disk xvda: bus not named"),
        (
            "disk",
            "<source file='/a'/><target dev='hda1'/>",
            "disk hda1: target names other than hda, sda, vda or fda with further letters",
        ),
        ("disk", "<target dev='hda'/>", "disk hda: no medium in a drive that cannot be opened"),
        ("cdrom", "<source file='/a'/><target dev='vda'/>", "disk vda: cdrom on bus virtio"),
        ("floppy", "<source file='/a'/><target dev='hda'/>", "disk hda: floppy on bus ide"),
        ("lun", "<source file='/a'/><target dev='sda'/>", "disk sda: lun on bus scsi"),
        (
            "disk",
            "<source file='/a'/><target dev='hda'/><readonly/>",
            "disk hda: readonly: an IDE hard disk can always be written to",
        ),
        (
            "disk",
            "<source file='/a'/><target dev='hda'/><address type='drive' controller='1'/>",
            "disk hda: no drive can have its address",
        ),
        (
            "disk",
            "<source file='/a'/><target dev='vda'/><address type='drive'/>",
            "disk vda: no drive can have its address",
        ),
        (
            "disk",
            "<driver name='phy' type='raw'/><source file='/a'/><target dev='hda'/>",
            "disk hda: driver phy with type raw",
        ),
        (
            "disk",
            "<driver name='qemu' type='iso'/><source file='/a'/><target dev='hda'/>",
            "disk hda: driver qemu with type iso",
        ),
    ],
)
def test_a_disk_that_cannot_be_a_drive_is_refused(device: str, disk: str, reason: str) -> None:
    with pytest.raises(Unsupported) as caught:
        command_line(guest(devices=f"<disk type='file' device='{device}'>{disk}</disk>"))
    assert caught.value.reasons == (reason,)


def test_all_that_is_refused_is_said_at_once() -> None:
    domain = guest(
        domain=MEMORY + "<cpu mode='host-model'/>",
        devices="<disk><source file='/a'/><target dev='hda'/><transient/><wwn>0123456789abcdef</wwn></disk><rng "
        "model='virtio'><backend model='random'>/dev/random</backend></rng>",
    )
    with pytest.raises(Unsupported) as caught:
        command_line(domain)
    assert caught.value.reasons == (
        "domain: cpu",
        "disk hda: transient",
        "disk hda: wwn",
        "domain.devices: rngs",
    )


@pytest.mark.parametrize("document", sorted(DOCUMENTS.glob("*.xml")), ids=lambda path: path.stem)
def test_every_document_is_rendered_or_refused_with_reasons(document: Path) -> None:
    try:
        assert command_line(parse_domain(document)).startswith("LC_ALL=C ")
    except Unsupported as error:
        assert error.reasons and all(error.reasons)


def names(kind: type[Element]) -> set[str]:
    return {field.name for field in fields(kind)}


@pytest.mark.parametrize("kind", [*SUPPORTED], ids=lambda kind: kind.__name__)
def test_the_table_of_what_is_supported_names_fields_once(kind: type[Element]) -> None:
    listed = SUPPORTED[kind].split() + NOT_FOR_QEMU.get(kind, "").split()
    assert set(listed) <= names(kind)
    assert len(set(listed)) == len(listed)


@pytest.mark.parametrize(
    ("element", "field"),
    [
        (element, field)
        for element in (guest(), Devices(), Disk(target=DiskTarget(dev="hda")))
        for field in sorted(names(type(element)))
        if field not in f"{SUPPORTED[type(element)]} {NOT_FOR_QEMU.get(type(element), '')}".split()
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_a_field_that_nobody_has_listed_is_refused_when_set(element: Element, field: str) -> None:
    before = getattr(element, field)
    assert list(unsupported(element, "here")) == []
    setattr(element, field, "anything")
    assert list(unsupported(element, "here")) == [f"here: {field}"]
    setattr(element, field, before)
