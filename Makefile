# `make demo` runs the main job, `make test` every check. Both set up all that they need in .venv.
# `make demo PORT=9000` takes that port and the next two instead of 8000 to 8002.

PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
	command -v $(name) >/dev/null 2>&1 && $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
PORT ?= 8000
BIN := .venv/bin
SOURCES := pyproject.toml constraints.txt hatch_build.py snippet/build.mjs $(shell find snippet/src snippet/*.json -type f)

.PHONY: demo test check unit browser bench load clean

demo: .venv/installed
	$(BIN)/dangol demo --port $(PORT)

test: check unit

check: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Three at once, also on two cores: tests wait for browsers and servers as much as they work.
# Tests start many processes, and each would compile dangol anew where Python is told to keep no bytecode.
unit: export PYTHONDONTWRITEBYTECODE =
unit: .venv/installed-dev
	scripts/chromium
	scripts/nginx
	$(BIN)/pytest --numprocesses 3 --dist loadfile

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "dangol needs Python 3.11 or newer on the PATH; install it (Debian: apt-get install python3 python3-venv)" >&2; exit 1; }
	$(PYTHON) -c 'import ensurepip' 2>/dev/null || scripts/debian python3-venv "Python's venv module"
	$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/python $(SOURCES)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

.venv/installed-dev: .venv/bin/python $(SOURCES)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch .venv/installed $@

# Benchmarks and load tests print ratios and thresholds; they are no part of `make test`.
.venv/installed-load: .venv/installed-dev
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,load,bench]'
	touch $@

bench: .venv/installed-load
	$(BIN)/python -m loadtests.bench $(or $(BENCH),all)

load: .venv/installed-load
	$(BIN)/python -m loadtests.run

clean:
	rm -rf .venv .dangol dist server/dangol/static/*.js server/dangol/static/*.json snippet/node_modules
