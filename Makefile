# Everything here needs Python 3.11 or later, make, and a package index; the rest goes into .venv.
#
#   make demo     generate the package for libvirt's domains and show it at work
#   make test     the test suite
#   make check    style, types, and whether generated/ is up to date
#   make slow     the tests that build distributions or need minutes
#   make docs     the pages of docs/ as a site, in build/site
#   make bench    how fast generating, importing, parsing and formatting are
#   make guard    whether parsing and formatting take more instructions than they did
#   make mutants  the native engine against Python, on mutants, under sanitizers
#   make engine   build the native engine, where there is a C compiler
#   make clean    remove what was made here, except generated/

# The first Python that is new enough; `make PYTHON=...` names another.
IS_NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	if $$python -c '$(IS_NEW_ENOUGH)' 2>/dev/null; then echo $$python; break; fi; done)

VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
MUTANTS ?= 2000
PYTEST_ARGUMENTS ?= -n auto --dist worksteal

.PHONY: help demo generate test check lint types drift slow docs bench guard mutants engine clean
.DEFAULT_GOAL := help

help:
	@sed -n '3,12s/^# *//p' Makefile

demo: generate $(VENV)/.engine
	@$(BIN)/python -m examples.demo

generate: $(VENV)/.installed
	@echo "== relaxgen generate"
	@$(BIN)/relaxgen generate

test: $(VENV)/.installed-for-development $(VENV)/.engine
	@echo "== pytest"
	@$(BIN)/python -m pytest -m "not slow" $(PYTEST_ARGUMENTS)

slow: $(VENV)/.installed-for-development $(VENV)/.engine
	@echo "== pytest, the slow tests"
	@$(BIN)/python -m pytest -m slow $(PYTEST_ARGUMENTS)

check: lint types drift

lint: $(VENV)/.installed-for-development
	@echo "== ruff"
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: $(VENV)/.installed-for-development
	@echo "== mypy --strict"
	@$(BIN)/mypy
	@echo "== pyright"
	@$(BIN)/pyright

drift: $(VENV)/.installed
	@echo "== relaxgen check"
	@$(BIN)/relaxgen check

docs: $(VENV)/.installed-for-docs
	@echo "== mkdocs"
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

bench: $(VENV)/.installed-for-development $(VENV)/.engine
	@echo "== benchmarks"
	@$(BIN)/python -m benchmarks
	@$(BIN)/python -m benchmarks.peers

guard: $(VENV)/.installed-for-development $(VENV)/.engine
	@echo "== instructions"
	@$(BIN)/python -m benchmarks.instructions

mutants: $(VENV)/.installed-for-development
	@if echo 'int main(void) { return 0; }' | $(CC) -fsanitize=address,undefined -x c - -o /dev/null 2>/dev/null; then \
		echo "== mutants for the native engine"; \
		sh engine/sanitized.sh benchmarks/engine_mutants.py --count $(MUTANTS); \
	else \
		echo "== no C compiler with sanitizers: the native engine is not tried with mutants"; \
	fi

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then echo "relaxgen needs Python 3.11 or later: make PYTHON=/path/to/python" >&2; exit 1; fi
	@$(PYTHON) -c '$(IS_NEW_ENOUGH)' || { echo "$(PYTHON) is too old: relaxgen needs Python 3.11 or later" >&2; exit 1; }
	@echo "== virtual environment in $(VENV), from $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

# Each stamp is newer than pyproject.toml once what that asks for is installed. One follows the other, so that no two
# installations run at the same time under `make -j`.
$(VENV)/.installed: pyproject.toml | $(BIN)/python
	@echo "== installing relaxgen"
	@$(PIP_INSTALL) --editable .
	@touch $@

$(VENV)/.installed-for-development: pyproject.toml $(VENV)/.installed
	@echo "== installing the tools for development"
	@$(PIP_INSTALL) --editable ".[dev]"
	@touch $@

$(VENV)/.installed-for-docs: pyproject.toml $(VENV)/.installed
	@echo "== installing what makes the site"
	@$(PIP_INSTALL) --editable ".[docs]"
	@touch $@

engine: $(VENV)/.engine

# It is optional: everything works without it.
$(VENV)/.engine: $(wildcard engine/*.toml engine/src/* engine/relaxgen_engine/*.py*) $(VENV)/.installed
	@if ! command -v $(CC) >/dev/null; then \
		echo "== no C compiler: the native engine is not built, its tests are skipped"; \
	elif echo "== building the native engine"; $(PIP_INSTALL) --force-reinstall --no-deps ./engine; then \
		touch $@; \
	else \
		echo "== the native engine cannot be built here: its tests are skipped"; \
	fi

clean:
	rm -rf $(VENV) build dist engine/build engine/*.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
