# Two commands for newcomers: `make run` and `make test`. Both make .venv first and install what they need into it.
PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif

.PHONY: run test lint bench clean help

help:
	@echo "make run    set up and run every assignment briefly; the results are in out/"
	@echo "make test   set up and pass the tests"
	@echo "make lint   check the style"
	@echo "make bench  set up with the peers and run the benchmarks"

$(VENV)/.created:
	@$(PYTHON) -c "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))" || \
		{ echo "Python 3.11, 3.12 or 3.13 is needed, and $(PYTHON) is not; name one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: requirements.txt $(VENV)/.created
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.development: requirements.txt requirements-dev.txt $(VENV)/.created
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/.runtime

$(VENV)/.peers: requirements-bench.txt $(VENV)/.development
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	@touch $@

run: $(VENV)/.runtime
	@$(BIN)/python -m common.main_job

test: $(VENV)/.development
	$(BIN)/python -m pytest

lint: $(VENV)/.development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

bench: $(VENV)/.peers
	$(BIN)/python -m benchmarks

clean:
	rm -rf out .pytest_cache .ruff_cache .hypothesis
