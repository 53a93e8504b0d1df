"""``relaxgen config-schema`` and ``relaxgen output-schema``: JSON Schema for what users write, and what they read."""

from __future__ import annotations

import json

import click

from ..report.output_schemas import OUTPUTS
from ..report.output_schemas import output_schema as schema_of_output
from .showing import FINE


@click.command("config-schema")
@click.option("--whole", is_flag=True, help="For a whole pyproject.toml, for an editor that does not use SchemaStore.")
def config_schema(whole: bool) -> int:
    """Print a JSON Schema for [tool.relaxgen].

    Editors use it to complete and check keys. Its form is that of SchemaStore for a tool's part of pyproject.toml.
    Without SchemaStore, write the output of --whole into relaxgen.schema.json, and `#:schema relaxgen.schema.json` into
    the first line of pyproject.toml.
    """
    from ..evolution.diff_settings import diff_table_schema
    from ..project.configuration_keys import BUILD_KEYS, DOCS_KEYS, configuration_schema, in_whole_file, table_schema

    build = table_schema(BUILD_KEYS, "The back end of builds with build-backend = 'relaxgen.build'.")
    docs = table_schema(DOCS_KEYS, "What the owner says in the reference site of relaxgen docs.")
    schema = configuration_schema({"diff": diff_table_schema(), "build": build, "docs": docs})
    click.echo(json.dumps(in_whole_file(schema) if whole else schema, ensure_ascii=False, indent=2))
    return FINE


@click.command("output-schema")
@click.argument("command", type=click.Choice(list(OUTPUTS)))
def output_schema(command: str) -> int:
    """Print a JSON Schema for the JSON output of COMMAND."""
    click.echo(json.dumps(schema_of_output(command), ensure_ascii=False, indent=2))
    return FINE
