"""``relaxgen output-schema``: JSON Schema for what a command prints with ``--output-format json``."""

from __future__ import annotations

import json

import click

from ..report.output_schemas import OUTPUTS
from .showing import FINE


@click.command("output-schema")
@click.argument("command", type=click.Choice(list(OUTPUTS)))
def output_schema(command: str) -> int:
    """Print a JSON Schema for the JSON output of COMMAND."""
    from ..report.output_schemas import output_schema as schema_of

    click.echo(json.dumps(schema_of(command), ensure_ascii=False, indent=2))
    return FINE
