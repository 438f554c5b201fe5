# Two commands for newcomers: `make run` and `make test`. Both make .venv first and install what they need into it.
PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif

.PHONY: run quick test lint bench doctor clean help

help:
	@echo "make run     set up and run every assignment briefly; ends with the page of results to open"
	@echo "make quick   the same in about a minute"
	@echo "make test    set up and pass the tests"
	@echo "make doctor  set up and look at what works here and what does not"
	@echo "make lint    check the style"
	@echo "make bench   set up with the peers and run the benchmarks"
	@echo "make clean   take away results and caches"

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

quick: $(VENV)/.runtime
	@$(BIN)/python -m common.main_job --quick

doctor: $(VENV)/.runtime
	@$(BIN)/python -m common.doctor

test: $(VENV)/.development
	$(BIN)/python -m pytest

lint: $(VENV)/.development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

bench: $(VENV)/.peers
	$(BIN)/python -m benchmarks

clean:
	rm -rf out .pytest_cache .ruff_cache .hypothesis
