# Shorthands. Nothing needs make: README.md and CONTRIBUTING.md have the commands.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup demo test lint wheel bench profile train ci

setup: $(BIN)/clip

$(BIN)/clip: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q -e '.[dev]'
	@touch $@

demo: setup
	$(BIN)/clip clean seeds/

test: setup
	$(BIN)/pytest

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

wheel: setup
	$(BIN)/pip wheel -q --no-deps -w dist .

bench: setup
	$(BIN)/pip install -q -e '.[bench]'
	$(BIN)/python -m bench.compare --kinds --write docs/benchmark.md

profile: setup
	$(BIN)/python -m bench.profile

train: setup
	$(BIN)/pip install -q -e '.[bench]'
	$(BIN)/python -m bench.train

ci:
	.ci/run
