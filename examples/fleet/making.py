"""A fleet to try things on: edits of this project's own documents, samples of the schema, and some that are broken."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from generated.domain import Disk, DiskSnapshot, Domain, format_domain, parse_domain

CHECKOUT = Path(__file__).resolve().parents[2]
DOCUMENTS = CHECKOUT / "tests" / "documents" / "domain"
SCHEMA = CHECKOUT / "schemas" / "domain.rng"
IN_A_DIRECTORY = 1000


def make_fleet(directory: Path, count: int, seed: int = 1) -> int:
    """Writes the documents, the same ones for the same seed, and returns their number."""
    bases = [parse_domain(file) for file in sorted(DOCUMENTS.glob("*.xml"))]
    sample = sampler()
    for number in range(count):
        random = Random(f"{seed}/{number}")
        text = sample(random) if number % 50 == 25 else edited(random, random.choice(bases), number)
        if number % 40 == 7:
            text = random.choice(DAMAGES)(text)
        file = directory / f"{number // IN_A_DIRECTORY:04}" / f"{number:06}.xml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="")
    return count


def sampler() -> Callable[[Random], str]:
    """Makes documents of which nothing is known but the schema."""
    from relaxgen.relaxng.roots import read_form
    from relaxgen.sampling import Sampler, random_document_of

    schema, form = read_form(SCHEMA, "domain")
    made = Sampler(form)
    return lambda random: random_document_of(made, random, 60).to_xml(schema.prefixes)


def edited(random: Random, base: Domain, number: int) -> str:
    domain = copy.deepcopy(base)
    domain.name = f"guest-{number:06}"
    for disk in disks_of(domain):
        edit(random, disk)
    return format_domain(domain)


def disks_of(domain: Domain) -> Iterator[Disk]:
    if domain.devices is not None:
        yield from domain.devices.disks


def edit(random: Random, disk: Disk) -> None:
    if not disk.readonly:
        disk.snapshot = random.choice([None, DiskSnapshot.INTERNAL, DiskSnapshot.EXTERNAL])
    disk.transient = random.random() < 0.1
    disk.serial = f"SN{random.randrange(10**8):08}" if random.random() < 0.5 else None


DAMAGES: tuple[Callable[[str], str], ...] = (
    lambda text: text[: len(text) // 2],
    lambda text: text.replace("<devices>", "<devices><dsik/>", 1),
    lambda text: text.replace("<memory", "<memory speed='fast'", 1),
    lambda text: text.replace("<name>", "<name>\x01", 1),
    lambda text: "",
)
"""What happens to files: cut off, misspelt, from somebody who knew better, with a byte that is not XML, empty."""
