# Everything a developer types. `make run` and `make test` need Python 3.11+ and make, no more.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test crash soak check scan audit observatory wapiti bench lock vendor messages clean

run: $(VENV)/.run
	@exec $(BIN)/python manage.py run

test: $(VENV)/.dev
	@$(BIN)/python -m pytest -q $(ARGS)

# Kill workers at random: make crash RUNS=1000 STACK=sqlite|redis|rabbitmq ARGS="--seed 7"
RUNS ?= 1000
STACK ?= sqlite
POSTGRESQL ?= postgres://postgres@127.0.0.1:5432/postgres
STACK_sqlite :=
STACK_redis = DATABASE_URL=$(POSTGRESQL) CELERY_BROKER_URL=redis://127.0.0.1:6379/9
STACK_rabbitmq = DATABASE_URL=$(POSTGRESQL) CELERY_BROKER_URL=amqp://guest:guest@127.0.0.1:5672//

crash: $(VENV)/.dev
	@MACHINE_RUNS=2000 $(BIN)/python -m pytest -q tests/submissions/test_state_machine.py
	@$(STACK_$(STACK)) $(BIN)/python -m tests.crash --runs $(RUNS) $(ARGS)

# 20,000 submissions at 50 a second while workers die: make soak STACK=redis ARGS="--count 2000"
soak: $(VENV)/.dev
	@$(STACK_$(STACK)) $(BIN)/python -m tests.crash.soak $(ARGS)

check: $(VENV)/.dev
	@$(BIN)/python -m tools.check

# Our own rules and bandit's over the code; offline once the tools are there.
scan: $(VENV)/.scan
	@$(BIN)/python -m tools.scan

# Known holes in what we install, and a list of it; asks a service on the net and says so without.
audit: $(VENV)/.scan
	@$(BIN)/python -m tools.audit

# Mozilla's grader of headers, against a portal as in production; takes Node and npm, and a network
# the first time; says so without.
observatory: $(VENV)/.dev
	@$(BIN)/python -m tools.observe

# An attack on a portal as in production, as a stranger, a booker and an administrator; takes its
# time, and a network the first time; says so without: make wapiti ARGS="booker --minutes 2"
wapiti: $(VENV)/.dev
	@$(BIN)/python -m tools.wapiti $(ARGS)

bench: $(VENV)/.dev
	@$(BIN)/python -m bench $(ARGS)

lock: $(VENV)/.dev
	@for name in requirements requirements-sentry requirements-dev requirements-scan requirements-wapiti; do \
	  $(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
	    --no-header $$name.in -o $$name.txt $(ARGS); done

vendor: $(VENV)/.dev
	@$(BIN)/python tools/vendor.py

messages: $(VENV)/.dev
	@$(BIN)/python -m tools.messages

clean:
	rm -rf $(VENV) var

$(VENV)/.python:
	@command -v $(PYTHON) >/dev/null 2>&1 || \
	  { echo "vitecportal needs Python 3.11 or newer, and there is no $(PYTHON) here."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "vitecportal needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V). Try: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	@test -w . || { echo "The folder $$PWD cannot be written; clone the repository where it can."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "Python's venv module is missing; on Debian: apt-get install python3-venv"; exit 1; }
	@touch $@

$(VENV)/.run: requirements.txt | $(VENV)/.python
	@echo "Installing what the portal runs on …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@echo "Installing what tests and checks need …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

# In an environment of their own: they pin what the portal wants newer.
$(VENV)/.scan: requirements-scan.txt $(VENV)/.dev
	@echo "Installing the scanners …"
	@$(PYTHON) -m venv $(VENV)/scan
	@$(BIN)/uv pip install --quiet --python $(VENV)/scan/bin/python --require-hashes -r requirements-scan.txt
	@touch $@
