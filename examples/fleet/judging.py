"""What is done with each document. Workers import this module, and with it the generated package, once.

A batch of documents is the unit of work. Its rows and changed documents are written by the worker itself, so that only
numbers go back. A file of numbers is written last: a batch that has one is done, also for the next run.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from generated.domain import Domain, FormatError, ParseError, format_domain, parse_domain

from .columns import Record, rows
from .parquet import SCHEMAS, write_part

DISK_COLUMNS = {
    "dev": "target.dev",
    "device": "device",
    "bus": "target.bus",
    "file": "source.file",
    "snapshot": "snapshot",
    "transient": "transient",
    "readonly": "readonly",
    "serial": "serial",
}


@dataclass(frozen=True, slots=True)
class Batch:
    """``files`` are relative to ``source``; the results go below ``output``."""

    number: str
    source: Path
    files: tuple[str, ...]
    output: Path

    @property
    def numbers(self) -> Path:
        return self.output / "batches" / f"{self.number}.json"

    def singly(self) -> list[Batch]:
        """A batch for each of its documents."""
        return [
            Batch(f"{self.number}-{index:04}", self.source, (file,), self.output)
            for index, file in enumerate(self.files)
        ]


@dataclass(slots=True)
class Tables:
    """The rows of a batch, and the numbers for the summary."""

    documents: list[Record] = field(default_factory=list)
    disks: list[Record] = field(default_factory=list)
    faults: list[Record] = field(default_factory=list)

    def numbers(self) -> Counter[str]:
        found: Counter[str] = Counter(
            {"documents": len(self.documents), "disks": len(self.disks), "faults": len(self.faults)}
        )
        found["valid documents"] = sum(row["valid"] for row in self.documents)
        found["changed documents"] = sum(row["changed"] for row in self.documents)
        found["external disks"] = sum(row["snapshot"] == "external" for row in self.disks)
        found["transient disks"] = sum(row["transient"] for row in self.disks)
        found["disks without a serial"] = sum(row["serial"] is None for row in self.disks)
        found.update(f"fault {row['code']}" for row in self.faults)
        return found


def judge_batch(batch: Batch) -> Counter[str]:
    """Judges, audits and changes the documents of a batch; done twice, it gives the same files."""
    if batch.numbers.exists():
        return Counter(json.loads(batch.numbers.read_text(encoding="utf-8")))
    tables = Tables()
    for file in batch.files:
        judge(batch, file, tables)
    return finish(batch, tables)


def finish(batch: Batch, tables: Tables) -> Counter[str]:
    for name in SCHEMAS:
        write_part(batch.output / name / f"{batch.number}.parquet", name, getattr(tables, name))
    numbers = tables.numbers()
    write_text(batch.numbers, json.dumps(numbers))
    return numbers


def judge(batch: Batch, file: str, tables: Tables) -> None:
    """A row for the document, whatever it is; rows for its disks or its faults."""
    changed, domain = False, None
    try:
        text = (batch.source / file).read_bytes()
        domain = parse_domain(text, validate=True)
        disks = list(rows(domain, "devices.disks", DISK_COLUMNS))
        changed = give_serials(domain)
        if changed:
            write_text(batch.output / "changed" / file, format_domain(domain, like=text))
    except ParseError as error:
        tables.faults += faults_of(file, error)
    except (FormatError, OSError, ValueError) as error:
        tables.faults.append(fault(file, type(error).__name__, str(error)))
    else:
        tables.disks += ({"document": file, **disk} for disk in disks)
    valid = domain is not None
    name = domain.name if domain is not None else None
    tables.documents.append({"document": file, "name": name, "valid": valid, "changed": changed})


def faults_of(file: str, error: ParseError) -> Iterator[Record]:
    for one in error.faults:
        yield fault(file, one.code, one.message, one.line, one.column, one.path)


def fault(file: str, code: str, message: str, line: int = 0, column: int = 0, path: str = "") -> Record:
    return {"document": file, "line": line, "column": column, "path": path, "code": code, "message": message}


def give_serials(domain: Domain) -> bool:
    """The change that is made: a disk without a serial gets one. Returns whether there was any."""
    without = [disk for disk in domain.devices.disks if disk.serial is None] if domain.devices is not None else []
    for disk in without:
        disk.serial = f"{domain.name[:12]}-{disk.target.dev}".replace(" ", "_")
    return bool(without)


def lost(batch: Batch, reason: str) -> Counter[str]:
    """The rows for a document that no worker survives."""
    tables = Tables()
    for file in batch.files:
        tables.documents.append({"document": file, "name": None, "valid": False, "changed": False})
        tables.faults.append(fault(file, "killed", reason))
    return finish(batch, tables)


def write_text(file: Path, text: str) -> None:
    """At once, so that a kill leaves the whole file or none."""
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8", newline="")
    temporary.replace(file)
