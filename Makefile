# The two commands of the README are `make demo` and `make test`; everything they need goes into .venv.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
JOBS ?= 4

.PHONY: demo test check lint types tools fuzz soak receivers bench mib packs lock golden conformance fix clean

demo: $(VENV)/ready  ## simulate a LANTIME, poll it, serve it over SNMP, show a short walk
	$(BIN)/lantime-agent demo $(ARGS)

test: $(VENV)/ready-dev tools lint types  ## lint, types and all tests
	$(BIN)/python -m pytest --numprocesses=$(JOBS) --dist=loadfile $(ARGS)

check: test

lint: $(VENV)/ready-dev
	$(BIN)/ruff format --check agent benchmarks scripts tests
	$(BIN)/ruff check agent benchmarks scripts tests

types: $(VENV)/ready-dev
	$(BIN)/mypy

tools:  ## net-snmp's tools and smilint, which some tests use
	./scripts/install-test-tools

fuzz: $(VENV)/ready-dev  ## hostile messages to an agent for five minutes; ARGS="--minutes 60 --seed 7"
	$(BIN)/python -m scripts.fuzz $(ARGS)

soak: $(VENV)/ready-dev  ## an agent asked, written to, disturbed and reloaded for an hour; ARGS="--minutes 10"
	$(BIN)/python -m scripts.soak $(ARGS)

receivers: $(VENV)/ready-dev tools  ## faults of receivers, agent and disk against snmptrapd; prints a table of what came of them
	$(BIN)/python -m scripts.receivers $(ARGS)

bench: $(VENV)/ready-dev $(VENV)/snmpsim/ready tools  ## measure, and print docs/performance.md anew; ARGS="--figure fleet --minutes 10"
	$(BIN)/python -m benchmarks $(ARGS)

mib: $(VENV)/ready  ## print the MIB text anew from the declarations
	$(BIN)/lantime-agent mib > mibs/LANTIME-NORTHBOUND-MIB.txt

packs: $(VENV)/ready  ## write config/packs anew from the declarations
	rm -rf config/packs
	$(BIN)/lantime-agent pack --output config/packs

lock: $(VENV)/ready  ## add new objects to the OID lock; refuses to change what is locked
	$(BIN)/python -m agent.mib.lock mibs/oid-lock.txt

golden: $(VENV)/ready-dev  ## write the expected walks anew; read the difference before you commit it
	UPDATE_GOLDEN=1 $(BIN)/python -m pytest tests/test_golden.py

conformance: $(VENV)/ready-dev tools  ## what the RFCs ask, shown over UDP; prints docs/conformance.md anew
	$(BIN)/python -m tests.conformance

fix: $(VENV)/ready-dev  ## format, and mend what ruff can mend
	$(BIN)/ruff check --fix agent benchmarks scripts tests
	$(BIN)/ruff format agent benchmarks scripts tests

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV) || { echo "python3 -m venv failed; on Debian: apt install python3-venv"; exit 1; }

$(VENV)/ready: setup.cfg pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/ready-dev: setup.cfg pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@ $(VENV)/ready

# A peer of benchmarks and nothing that the agent needs; it does not declare that it needs pysmi.
$(VENV)/snmpsim/ready: | $(VENV)/bin/python
	$(PYTHON) -m venv $(VENV)/snmpsim
	$(VENV)/snmpsim/bin/pip install --quiet --disable-pip-version-check snmpsim pysmi
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
