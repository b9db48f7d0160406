# Two commands are enough: `make run` and `make test`. Each does first what is missing.
SHELL := /bin/sh
.DEFAULT_GOAL := run
.SUFFIXES:

# Debian's own where it is fit: it is built with profile-guided optimisation, and kept safe by Debian.
PYTHON ?= $(shell sh requirements/debian.sh interpreter)
DATA ?= var
PORT ?= 8000
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check
TESTS ?=

# What was compiled is kept beside the source, also where the surroundings say no: each of the many
# processes that the tests start would compile all of ours again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test setup check lint bench bench-load bench-history bench-million bench-durability bench-faults bench-patroni test-nodes docs bundle bundle-rehearsal joining-rehearsal units-rehearsal upgrade-rehearsal messages requirements clean

run: .venv/.run  ## start everything on this machine, with demo data
	@exec $(BIN)/carestation up --demo --data $(DATA) --port $(PORT)

test: setup  ## all tests: real PostgreSQL, real Chromium
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(TESTS)

setup: .venv/.develop .venv/.debian  ## what the others need first

check: lint test  ## all that CI runs

lint: .venv/.develop  ## style, types, contracts
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --quiet --check .
	$(BIN)/mypy carestation config tests benchmarks
	$(BIN)/lint-imports

bench: .venv/.develop  ## speed figures: a table and benchmarks/out/*.json
	@$(BIN)/python -m benchmarks

bench-load: .venv/.develop  ## a group of 500, slow and hostile clients, the start of a shift
	@$(BIN)/python -m benchmarks.load

bench-history: .venv/.develop  ## the same figures at 10,000 and at 10,000,000 posts; 10 GB for a while
	@$(BIN)/python -m benchmarks.history

bench-million: .venv/.develop  ## search among a million posts: makes them first, half an hour
	@$(BIN)/python -m benchmarks.million

bench-durability: .venv/.develop  ## 200 pieces killed while people write; keys turned, killed 60 times
	@$(BIN)/python -m benchmarks.durability --kills 200
	@$(BIN)/python -m benchmarks.rotation --kills 20
	@$(BIN)/python -m benchmarks.erasure

bench-faults: .venv/.develop  ## everything killed, paused, cut, filled and renewed in turn; docs/reference/faults.md
	@$(BIN)/python -m benchmarks.faults --write

bench-patroni: .venv/.develop .venv/.patroni  ## PostgreSQL failed over by Patroni and etcd themselves; docs/reference/faults.md
	@$(BIN)/python -m benchmarks.faults --patroni --write

test-nodes: setup  ## the tests of the browser on two nodes, each request on either
	@TWO_NODES=1 $(BIN)/python -m pytest tests/browser $(TESTS)

docs: .venv/.develop  ## the documentation hangs together: links and glossary
	@$(BIN)/python -m pytest tests/documentation

bundle: .venv/.run  ## one archive from which a machine without a network is installed
	@sh deploy/bundle/make.sh dist

bundle-rehearsal: bundle  ## from the bundle to the first sign-in, without a network: how long
	@$(BIN)/python -m benchmarks.bundle dist

joining-rehearsal: bundle  ## a second node joins a first under real systemds, as the manual says: how long
	@sh requirements/debian.sh booter
	@$(BIN)/python -m benchmarks.joining dist

units-rehearsal: bundle  ## a node under a real systemd in a Debian of its own, as the manual says
	@sh requirements/debian.sh booter
	@$(BIN)/python -m benchmarks.units dist

upgrade-rehearsal: .venv/.develop  ## web of the version before and of this one on the same tables
	@$(BIN)/python -m benchmarks.upgrade $(FROM)

messages: .venv/.develop  ## collect what is translated
	@$(BIN)/python -m config.messages

# The pins. Needs pip-tools beside the pinned packages; the index is the one pip knows.
requirements:
	$(PYTHON) -m venv .venv/pins
	.venv/pins/bin/pip install --quiet uv
	for part in run develop patroni; do .venv/pins/bin/uv pip compile --quiet --upgrade --universal \
	  --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url \
	  --constraint requirements/run.txt requirements/$$part.in --output-file requirements/$$part.txt; done

.venv/.made:
	@sh requirements/debian.sh python $(PYTHON)
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/.run: .venv/.made requirements/run.txt pyproject.toml
	@echo "Installing the pinned packages…"
	@$(PIP) install --require-hashes --requirement requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.develop: .venv/.run requirements/develop.txt
	@echo "Installing the pinned packages of the tests…"
	@$(PIP) install --require-hashes --requirement requirements/develop.txt
	@touch $@

.venv/.patroni: .venv/.made requirements/patroni.txt
	@$(PYTHON) -m venv .venv/patroni
	@.venv/patroni/bin/python -m pip --quiet --disable-pip-version-check install \
	  --require-hashes --requirement requirements/patroni.txt
	@sh requirements/debian.sh etcd .venv/patroni
	@touch $@

.venv/.debian: .venv/.made
	@[ -z "$(CI)" ] || sh requirements/debian.sh readers
	@sh requirements/debian.sh browser $@
