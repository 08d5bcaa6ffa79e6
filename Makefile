# `make demo` and `make test` set up all they need in ./.venv; nothing else is required than Python >= 3.11.
SHELL := /bin/bash
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
FRAMEWORKS := .venv-frameworks
PEERS := .venv-peers
DOWHY := .venv-dowhy
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

.PHONY: help demo test check lint types imports vocabulary vocabulary-check ontology test-frameworks test-dowhy conformance faults browser bench bench-capture bench-causal study clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

$(VENV)/.created:
	@test -n "$(PYTHON)" || { echo "no Python >= 3.11 found; install one, or run: make PYTHON=/path/to/python"; exit 1; }
	@bash tools/venv.sh "$(PYTHON)" $(VENV)
	@touch $@

$(VENV)/.demo: $(VENV)/.created pyproject.toml constraints.txt
	$(PIP) install -c constraints.txt -e '.[demo,causal,server,export,validate]'
	@touch $@

$(VENV)/.dev: $(VENV)/.created pyproject.toml constraints.txt
	$(PIP) install -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.demo

demo: $(VENV)/.demo  ## train 60 small networks, record, validate, query, export, explain
	$(BIN)/aitia demo

test: $(VENV)/.dev  ## the test suite
	$(BIN)/python -m pytest -m "not faults and not frameworks and not browser"

check: lint types imports vocabulary-check  ## style, types, layers, generated files

lint: $(VENV)/.dev
	$(BIN)/ruff check src tests tools bench examples
	$(BIN)/ruff format --check src tests tools bench examples

types: $(VENV)/.dev
	$(BIN)/mypy

imports: $(VENV)/.dev
	$(BIN)/lint-imports

vocabulary: $(VENV)/.dev  ## write vocabulary/terms.py and the JSON-LD context from ontology/
	$(BIN)/python tools/vocabulary.py
	$(BIN)/python tools/alignments.py
	$(BIN)/python tools/ontology_quality.py
	$(BIN)/python tools/ontology_pages.py

vocabulary-check: $(VENV)/.dev
	$(BIN)/python tools/vocabulary.py --check
	$(BIN)/python tools/alignments.py --check
	$(BIN)/python tools/ontology_quality.py --check
	$(BIN)/python tools/ontology_pages.py --check
	$(BIN)/python tools/released.py --check
	$(BIN)/python tools/prov_constraints.py --check
	$(BIN)/python tools/shacl_conformance.py --check

ontology: $(VENV)/.dev  ## build what is published of the ontology into build/ontology/
	$(PIP) install -c constraints.txt -e '.[pages]'
	$(BIN)/python tools/ontology.py

$(FRAMEWORKS)/.ready: pyproject.toml constraints-frameworks.txt
	@test -n "$(PYTHON)" || { echo "no Python >= 3.11 found; install one, or run: make PYTHON=/path/to/python"; exit 1; }
	@test -x $(FRAMEWORKS)/bin/python || bash tools/venv.sh "$(PYTHON)" $(FRAMEWORKS)
	$(FRAMEWORKS)/bin/python -m pip --disable-pip-version-check -q install -c constraints-frameworks.txt torch
	$(FRAMEWORKS)/bin/python -m pip --disable-pip-version-check -q install -c constraints-frameworks.txt -e '.[frameworks]'
	@touch $@

test-frameworks: $(FRAMEWORKS)/.ready  ## tests against the real frameworks, in an environment of their own (3.5 GB)
	$(FRAMEWORKS)/bin/python -m pytest -m frameworks tests/unit/capture tests/frameworks

$(DOWHY)/.ready: pyproject.toml constraints-dowhy.txt
	@test -n "$(PYTHON)" || { echo "no Python >= 3.11 found; install one, or run: make PYTHON=/path/to/python"; exit 1; }
	@test -x $(DOWHY)/bin/python || bash tools/venv.sh "$(PYTHON)" $(DOWHY)
	$(DOWHY)/bin/python -m pip --disable-pip-version-check -q install -c constraints-dowhy.txt -e '.[dowhy]' pytest pytest-timeout hypothesis
	@touch $@

test-dowhy: $(DOWHY)/.ready  ## DoWhy on the graphs that we write, in an environment of its own: it wants an older scipy (1 GB)
	$(DOWHY)/bin/python -m pytest -m frameworks tests/frameworks/test_dowhy.py

faults: $(VENV)/.dev  ## tests that kill processes, fill disks and damage files
	$(BIN)/python -m pytest -m faults

browser: $(VENV)/.dev  ## tests that drive a real browser
	$(BIN)/python -m pytest -m browser

bench: $(VENV)/.dev  ## measure capture, ingest and start-up beside a floor and peers
	$(BIN)/python -m bench

$(PEERS)/.ready: pyproject.toml constraints-peers.txt
	@test -n "$(PYTHON)" || { echo "no Python >= 3.11 found; install one, or run: make PYTHON=/path/to/python"; exit 1; }
	@test -x $(PEERS)/bin/python || bash tools/venv.sh "$(PYTHON)" $(PEERS)
	$(PEERS)/bin/python -m pip --disable-pip-version-check -q install -c constraints-peers.txt -e '.[peers]'
	@touch $@

bench-capture: $(PEERS)/.ready  ## capture beside its peers, in an environment of their own (1 GB)
	$(PEERS)/bin/python -W ignore -m bench compare

$(VENV)/.networks: $(VENV)/.dev
	$(PIP) install -c constraints.txt --no-deps pgmpy
	@touch $@

bench-causal: $(VENV)/.networks  ## discovery beside causal-learn, and its errors on networks with known arrows (many minutes)
	OMP_NUM_THREADS=1 $(BIN)/python -W ignore -m bench causal

study: $(VENV)/.demo  ## effects from confounded records of 13,800 networks trained here, beside the truth (STUDY="--networks 600": fewer)
	$(BIN)/python -W ignore -m examples.study $(STUDY)

clean:  ## remove the virtual environment and caches
	rm -rf $(VENV) $(FRAMEWORKS) $(PEERS) $(DOWHY) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
