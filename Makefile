# `make demo` and `make test` are all a newcomer needs; each makes .venv and installs what it uses.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# A worker a core, each with a run of neighbours, which share what a file makes once; who is done first
# takes of what the other has left. Each computes on its own core.
PYTEST ?= -n auto --dist worksteal -m "not slow"

.PHONY: demo test lint format reference open-release performance clean

demo: $(VENV)/.installed-base
	$(BIN)/warmbench demo --out runs/demo

test: $(VENV)/.installed-dev
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest $(PYTEST)

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Build the open releases anew from the pool and the open SFT set, into the package.
open-release: $(VENV)/.installed-dev
	$(BIN)/warmbench build qa --source open --out benchmark/warmbench/data/open_release --replace
	$(BIN)/warmbench build sft --source open --out benchmark/warmbench/data/open_sft_release --replace

# Train the reference model anew, tune it warm and cold, measure it (needs torch and TRL).
reference: $(VENV)/.installed-reference
	$(BIN)/python -m warmbench_builders.reference_model

performance: $(VENV)/.installed-dev
	$(BIN)/python -m tests.performance

$(VENV)/.installed-base: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

$(VENV)/.installed-reference: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable '.[reference]'
	@touch $@

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'WarmBench needs Python 3.11 or newer; say which with: make PYTHON=python3.12 ...' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
