# Ninety. `make help` lists what can be made.
SHELL := /bin/bash
PORT ?= 8000
BIN := .venv/bin

.PHONY: help demo test lint format types style migrations bench lock
.DEFAULT_GOAL := help

help:  ## List the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

demo: .venv/.requirements  ## Run everything on http://127.0.0.1:8000 with real products (PORT= picks another port)
	@PORT=$(PORT) exec $(BIN)/python bin/demo.py

test:  ## Check and test everything on SQLite and PostgreSQL (ARGS= goes to pytest)
	@$(MAKE) --no-print-directory --jobs=2 tools lint  # the one downloads while the other counts
	@$(BIN)/python bin/test.py $(ARGS)

lint: types style migrations  ## Types, style, templates, migrations

format: .venv/.requirements-dev  ## Put code and templates into the house format
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .
	@find templates -name '*.html' -print0 | xargs -0 -r $(BIN)/djade --target-version 5.2 || true

types: .venv/.requirements-dev  ## Types alone
	@$(BIN)/mypy

style: .venv/.requirements-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@find templates -name '*.html' -print0 | xargs -0 -r $(BIN)/djade --check --target-version 5.2

migrations: .venv/.requirements-dev
	@$(BIN)/python manage.py makemigrations --check --dry-run

bench: .venv/.requirements-dev tools  ## Measure what it costs, beside what it could cost at best
	@$(BIN)/python bench/run.py

lock: .venv/.requirements-dev  ## Write requirements*.txt anew from requirements*.in
	@for name in requirements-pip requirements requirements-dev; do \
	  $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header \
	    --output-file $$name.txt $$name.in; \
	done

.PHONY: tools
tools:
	@bin/test-tools.sh

.venv/.requirements: requirements.txt
	@bin/venv.sh $<
	@touch $@

.venv/.requirements-dev: requirements-dev.txt
	@bin/venv.sh $<
	@touch $@
