# Shorthands. Nothing needs make: README.md and CONTRIBUTING.md have the commands.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup demo test lint wheel bench bench-bulk profile train ci

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

# pip before 24.2 stops at an extra of lxml that two peers spell differently
bench: setup
	$(BIN)/python -m pip install -q --upgrade 'pip>=24.2'
	$(BIN)/pip install -q -e '.[bench]'
	$(BIN)/python -m bench.compare --kinds --costs --write docs/benchmark.md

profile: setup
	$(BIN)/python -m bench.profile

bench-bulk: setup
	for what in overhead speed warc stages kills simulate; do $(BIN)/python -m bench.bulk $$what || exit 1; done
	$(BIN)/python -m bench.bulk memory --pages 100000

train: setup
	$(BIN)/pip install -q -e '.[bench]'
	$(BIN)/python -m bench.train

ci:
	.ci/run
