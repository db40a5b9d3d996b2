# Two commands do everything: `make run` plays the demo night, `make test` checks everything.
# Each sets up what it needs by itself: a virtual environment in .venv from requirements.lock.

.DEFAULT_GOAL := help
VENV ?= .venv
BIN := $(VENV)/bin
KIOSK_EXTRAS := --extra fonts --extra hl7 --extra postgres --extra reports --extra spreadsheets --extra usb --extra voice
ROOMS := kiosk queue ports printers displays transfers
# The first interpreter that is new enough.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

# A new environment is built beside the old one, which goes on working, and takes its name when it is complete.
$(VENV)/.ready: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "nightdesk needs Python 3.11 or newer; none was found. Install it, or say make PYTHON=/path/to/python3." >&2; exit 2; }
	@echo "Setting up $(VENV) (once) ..."
	@tools/build_environment "$(PYTHON)" "$(VENV)" requirements.lock editable
	@$(BIN)/python -m compileall -q $(ROOMS)

setup: $(VENV)/.ready ## set up the virtual environment only

PREFIX ?= /opt/nightdesk

install: ## install for a hospital into PREFIX (/opt/nightdesk), without test tools; an upgrade changes over when it works
	@test -n "$(PYTHON)" || { echo "nightdesk needs Python 3.11 or newer; none was found. Install it, or say make PYTHON=/path/to/python3." >&2; exit 2; }
	@mkdir -p "$(PREFIX)"
	@tools/build_environment "$(PYTHON)" "$(PREFIX)/current" requirements-kiosk.lock plain
	@"$(PREFIX)/current/bin/nightdesk" --version
	@echo "installed: $(PREFIX)/current/bin/nightdesk"

run: $(VENV)/.ready ## play the demo night (headless where there is no terminal)
	@$(BIN)/nightdesk demo

test: $(VENV)/.ready ## lint, types, contracts and tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest

bench: $(VENV)/.ready ## measure, side by side, in three minutes (ARGS="issue start" for some of it)
	@$(BIN)/python -m compileall -q $(ROOMS)
	@$(BIN)/python benchmarks/run.py $(ARGS)

mutants: $(VENV)/.ready ## would the tests notice mistakes? (ARGS="--sample 20 --seed 2")
	@$(BIN)/python tools/mutants.py $(ARGS)

pictures: $(VENV)/.ready ## make the pictures of docs/: screens of the running program, and how data flows
	@$(BIN)/python docs/data_flow.py
	@$(BIN)/python docs/pictures.py

reference: $(VENV)/.ready ## make docs/configuration.md from the schema, and the examples of docs/hl7.md
	@$(BIN)/python docs/configuration_reference.py
	@$(BIN)/python docs/hl7_examples.py

catalogue: $(VENV)/.ready ## make the gettext catalogues of click's messages from our texts
	@$(BIN)/python -c "from nightdesk_kiosk.cli.click_catalogue import write_catalogues; write_catalogues()"

lock: $(VENV)/.ready ## renew requirements.lock from pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --no-annotate --upgrade -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml $(KIOSK_EXTRAS) --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --no-annotate --constraint requirements.lock -o requirements-kiosk.lock

.PHONY: help setup install run test bench mutants pictures reference catalogue lock
