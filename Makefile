# Everything happens in this folder: the virtual environment in .venv, data in var. `make` alone lists the targets.
PYTHON ?= python3
PORT ?= $(or $(MATCHER_PORT),8000)

BIN := .venv/bin

# The project's files are UTF-8 and so is what it prints, whatever locale the machine has.
export PYTHONUTF8 := 1

.PHONY: help run test bench check fmt clean
.DEFAULT_GOAL := help

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' Makefile

run: .venv/installed ## Load the library, rank it, serve the console on http://127.0.0.1:8000 (PORT=9000 make run)
	@$(BIN)/matcher init
	@$(BIN)/matcher seed
	@$(BIN)/matcher run
	@$(BIN)/matcher staff add admin@example.org --role admin --if-none
	@exec $(BIN)/matcher serve --port $(PORT)

test: .venv/installed-for-tests check ## Run every check and every test, on SQLite, PostgreSQL and in a browser
	@$(BIN)/pytest -n logical --dist loadfile

bench: .venv/installed-for-tests ## Measure the speed of ranking against a bare sparse product
	@$(BIN)/python -m tests.bench.rank_speed

check: .venv/installed-for-tests ## Run the checks alone: ruff, mypy, import contracts
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

fmt: .venv/installed-for-tests ## Format the code and mend what ruff can mend
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format .

clean: ## Remove the virtual environment and all caches; data in var stays
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build dist *.egg-info
	find api jobs matcher migrations scoring seeds tests -name __pycache__ -prune -exec rm -rf {} +

# The stamps .venv/installed and .venv/installed-for-tests are younger than the files that name the dependencies,
# so a second `make` installs nothing and needs no network.
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>/dev/null || echo missing)." \
			"Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments: install python3-venv" >&2; exit 1; }
	@echo "Making the virtual environment .venv"
	@$(PYTHON) -m venv --clear .venv

.venv/installed: setup.cfg pyproject.toml | .venv/bin/python
	@echo "Installing the project and its dependencies (the first time takes a minute or two) …"
	@$(call install,.)
	@touch $@

.venv/installed-for-tests: setup.cfg pyproject.toml | .venv/bin/python
	@echo "Installing the project, its dependencies and the tests' (the first time takes a minute or two) …"
	@$(call install,.[test])
	@touch .venv/installed $@

# pip's own words go to a file and are shown only where it fails.
install = $(BIN)/python -m pip install --disable-pip-version-check --progress-bar off --editable '$(1)' >.venv/install.log 2>&1 \
	|| { tail -n 30 .venv/install.log; echo "Installing failed; all of it: .venv/install.log" >&2; exit 1; }
