# make run: the demo on SQLite.  make test: everything, on SQLite and PostgreSQL, with a real browser.
PORT ?= 8000
DATA ?= var
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEV_READY := $(VENV)/.ready-dev

.PHONY: help setup run test lint bench soak screenshots clean system-packages
.DEFAULT_GOAL := help

help:
	@echo "make run          start the demo hospital (PORT=8000 DATA=var)"
	@echo "make test         lint and run every test, on SQLite and PostgreSQL, in a real Chromium"
	@echo "make soak         the tests that take long"
	@echo "make bench        benchmarks, as ratios"
	@echo "make setup        only make the environment"
	@echo "make lint         ruff, import contracts"
	@echo "make screenshots  pictures of every page into docs/screenshots"

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Fuzhen needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(READY): $(VENV)/bin/python requirements.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(DEV_READY): $(READY) requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

setup: $(DEV_READY)

run: $(READY)
	@FUZHEN_MODE=$${FUZHEN_MODE:-demo} FUZHEN_DATA=$(DATA) FUZHEN_PORT=$(PORT) exec $(BIN)/fuzhen serve --prepare

system-packages:
	@sh .ci/system-packages

lint: $(DEV_READY)
	$(BIN)/ruff check .
	$(BIN)/lint-imports

test: $(DEV_READY) system-packages lint
	$(BIN)/python -m pytest -q -n 2 --dist loadfile --durations 25 -m "not soak" tests

soak: $(DEV_READY) system-packages
	$(BIN)/python -m pytest -q -m soak tests

bench: $(DEV_READY) system-packages
	$(BIN)/python -m bench.policy
	$(BIN)/python -m bench.journeys
	$(BIN)/python -m bench.video

screenshots: $(DEV_READY) system-packages
	$(BIN)/python -m bench.screenshots

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .mypy_cache .hypothesis
