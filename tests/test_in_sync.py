"""What is checked in under ``generated/`` is what the schemas give now; compared in memory."""

from __future__ import annotations

from pathlib import Path

import pytest
from relaxgen.output import compare
from relaxgen.pipeline import build_package
from relaxgen.project.configuration import read_configuration
from relaxgen.project.request import PackageRequest
from relaxgen.report.formats import CheckedReport, checked_as_text

REPOSITORY = Path(__file__).parents[1]
PACKAGES = read_configuration(REPOSITORY / "pyproject.toml")


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.output.name)
def test_generated_package_is_up_to_date(package: PackageRequest) -> None:
    tree = build_package(package).tree
    differences = compare(tree, package.output)
    report = checked_as_text(CheckedReport(package.output, len(tree), differences))
    assert not differences, f"\n{report}\nrun: relaxgen generate"
