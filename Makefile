# Two commands do everything on a fresh machine with Python 3.11: make demo, make test.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
SOURCES := $(shell find matcher api -type f -not -name '*.pyc' 2>/dev/null) setup.cfg pyproject.toml README.md LICENSE NOTICE
HOME_DIR ?= var
JURISDICTION ?= liujiang_2018
WORKERS ?= 3000
SEED ?= 0
HOST ?= 127.0.0.1
PORT ?= 8000
EVALUATION ?= build/evaluation
# What the tests need and pip does not have: a browser for the pages, letters it can draw Chinese with, a gateway for
# text messages; and node, wherever it comes from, for another implementation of the carriers' protocol.
DEBIAN := chromium fonts-noto-cjk kannel
COMMANDS := node:nodejs npm:npm curl:curl
PEER := build/node/node_modules/smpp/package.json
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Some shells forbid bytecode: then every test, and every process that a test starts here, is compiled again and again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help debian demo test lint bench office-walk check-local reference evaluate notebooks mutate clean

help:
	@echo "make demo         install, seed the synthetic demo county, serve its pages on http://$(HOST):$(PORT)"
	@echo "make test         install what the tests need, then run all of them"
	@echo "make bench        speed and memory beside peers, in one run"
	@echo "make office-walk  the office's day O1 to O3 at full size in a browser: clicks, seconds"
	@echo "make evaluate [EVALUATION=DIR]   policies in the synthetic market: tables, gates, rows"
	@echo "make check-local DATA=DIR   checks on data that may not ship"
	@echo "make reference SOURCES_DIR=DIR   rebuild region and occupation tables from their packages"
	@echo "make notebooks    twelve questions with figures: build/notebooks"
	@echo "make mutate       small slips in evaluator and money code; survivors printed"
	@echo "make lint         ruff, mypy, import contracts"

$(VENV)/.python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; found: $$("$(PYTHON)" --version 2>&1). Set PYTHON=/path/to/python3.11."; exit 2; }
	@"$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv; \
	  else echo "The Debian package python3-venv is missing: install it (apt-get install python3-venv), then run make again."; exit 2; fi; }
	"$(PYTHON)" -m venv $(VENV)
	touch $@

# The wheel, not the tree, is what runs and what the tests import.
$(VENV)/.wheel: $(VENV)/.python $(SOURCES)
	rm -rf build/wheel build/lib build/bdist.* && mkdir -p build/wheel
	$(BIN)/pip wheel -q --no-deps -w build/wheel .
	$(BIN)/pip install -q build/wheel/*.whl
	$(BIN)/pip install -q --no-deps --force-reinstall build/wheel/*.whl
	touch $@

# What a county needs beside the wheel: compiled lists and exact plans.
$(VENV)/.county: $(VENV)/.wheel
	wheel=$$(ls build/wheel/*.whl) && $(BIN)/pip install -q "$$wheel[fast,plan]"
	touch $@

$(VENV)/.test: $(VENV)/.wheel
	wheel=$$(ls build/wheel/*.whl) && $(BIN)/pip install -q "$$wheel[server,fast,plan,cluster,notebooks,test]"
	$(BIN)/pip check
	touch $@

$(VENV)/.bench: $(VENV)/.test
	wheel=$$(ls build/wheel/*.whl) && $(BIN)/pip install -q "$$wheel[bench]"
	touch $@

# Ctrl-C stops it; the next `make demo` serves the same county at once.
demo: $(VENV)/.county
	$(BIN)/matcher --home $(HOME_DIR) demo --jurisdiction $(JURISDICTION) --workers $(WORKERS) --seed $(SEED) \
	  --host $(HOST) --port $(PORT)

# As root the missing packages are installed; anybody else is told their names. The demo needs none of them.
debian:
	@missing=; for package in $(DEBIAN); do \
	  dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; done; \
	for pair in $(COMMANDS); do command -v "$${pair%%:*}" >/dev/null || missing="$$missing $${pair#*:}"; done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; \
	else echo "These Debian packages are missing:$$missing. Install them (apt-get install$$missing), then run make again."; exit 2; fi

$(PEER):
	npm install --no-audit --no-fund --no-save --loglevel error --prefix build/node smpp@0.5.1
	touch $@

# OMP threads of 1: two pytest workers on two cores must not fight for them.
test: debian $(VENV)/.test $(PEER)
	OMP_NUM_THREADS=1 $(BIN)/pytest -n 2 --dist loadscope $(PYTEST_ARGS)

lint: $(VENV)/.test
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports --config setup.cfg

bench: $(VENV)/.bench
	$(BIN)/python -m tests.bench $(BENCH_ARGS)

# Some minutes of a machine with nothing beside; WALK_ARGS="--rows 1000" for a look, "--only O2" for one scenario.
office-walk: debian $(VENV)/.test
	$(BIN)/python -m tests.browser.office_walk $(WALK_ARGS)

check-local: $(VENV)/.test
	@test -n "$(DATA)" || { echo "Say where the data lies: make check-local DATA=DIR"; exit 2; }
	$(BIN)/python -m tests.local "$(DATA)"

reference: $(VENV)/.wheel
	@test -n "$(SOURCES_DIR)" || { echo "Say where the unpacked packages lie: make reference SOURCES_DIR=DIR"; exit 2; }
	$(BIN)/python training_data/reference/build_regions.py "$(SOURCES_DIR)"
	$(BIN)/python training_data/reference/build_occupations.py

# About half an hour; MUTATE_ARGS="logic amounts --minutes 5" for some of it.
mutate: $(VENV)/.test
	$(BIN)/python -m tests.mutation $(MUTATE_ARGS)

# Two processes; EVALUATE_ARGS="--smoke" for a minute of it. Histories and models stay in the work folder.
evaluate: $(VENV)/.test
	OMP_NUM_THREADS=1 $(BIN)/matcher evaluate --processes 2 --work $(EVALUATION)/work --out $(EVALUATION) $(EVALUATE_ARGS)

# Twelve questions, whole, under two minutes each; NOTEBOOKS="03 06" for some of them. Pages lie in build/notebooks.
notebooks: $(VENV)/.test
	$(BIN)/python -m notebooks $(NOTEBOOKS)

clean:
	rm -rf build $(VENV)/.wheel $(VENV)/.county $(VENV)/.test $(VENV)/.bench
