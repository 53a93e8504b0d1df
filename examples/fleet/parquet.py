"""The tables as directories of Parquet files, one for each batch: pandas, polars, DuckDB and Dask read a directory."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Any

from .columns import Record

SCHEMAS: dict[str, dict[str, str]] = {
    "documents": {"document": "string", "name": "string", "valid": "bool", "changed": "bool"},
    "disks": {
        "document": "string",
        "dev": "string",
        "device": "string",
        "bus": "string",
        "file": "string",
        "snapshot": "string",
        "transient": "bool",
        "readonly": "bool",
        "serial": "string",
    },
    "faults": {
        "document": "string",
        "line": "int32",
        "column": "int32",
        "path": "string",
        "code": "string",
        "message": "string",
    },
}
"""The types are given, since a batch may have no value in a column, and all files of a table need the same ones."""


def write_part(file: Path, table: str, records: list[Record]) -> None:
    pyarrow: Any = importlib.import_module("pyarrow")
    writer: Any = importlib.import_module("pyarrow.parquet")
    types = {"string": pyarrow.string(), "bool": pyarrow.bool_(), "int32": pyarrow.int32()}
    schema = pyarrow.schema([(name, types[kind]) for name, kind in SCHEMAS[table].items()])
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    writer.write_table(pyarrow.Table.from_pylist(records, schema=schema), temporary)
    temporary.replace(file)
