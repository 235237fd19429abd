# Everything CI runs stands here: `make check` and `make test`, nothing else.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PLUGINS := $(patsubst %/pyproject.toml,%,$(wildcard plugins/*/pyproject.toml))
EDITABLE := -e . $(addprefix -e ,$(PLUGINS))
STAMP := $(VENV)/.setup-stamp
WORKERS ?= 2
PYTEST := $(BIN)/pytest -q
UV := $(shell command -v uv 2>/dev/null || ([ -x $(BIN)/uv ] && echo $(BIN)/uv))

.PHONY: messages help setup demo test check browser screenshots smoke migrate nightly conformance pins fix \
        test-unit test-functional test-faults test-simulation test-scenarios test-security test-plugins test-browser test-packaging

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

setup: $(STAMP) ## make .venv with everything pinned and the plugins installed; does nothing when nothing changed

# Versions are pinned in requirements/; the index is whatever this machine is set up to use.
$(STAMP): pyproject.toml requirements/dev.txt requirements/runtime.txt $(addsuffix /pyproject.toml,$(PLUGINS))
	@echo "setting up $(VENV)"
	@if [ ! -x $(BIN)/python ]; then \
	  if [ -n "$(UV)" ]; then $(UV) venv -q --python $(PYTHON) $(VENV); else $(PYTHON) -m venv $(VENV); fi; fi
	@if [ -n "$(UV)" ]; then INSTALL="$(UV) pip install -q --python $(BIN)/python"; \
	  else INSTALL="$(BIN)/python -m pip install -q --disable-pip-version-check"; fi; \
	  set -e; $$INSTALL -r requirements/dev.txt; $$INSTALL --no-deps --no-build-isolation $(EDITABLE)
	@touch $@

demo: setup ## a seeded shop on SQLite with its vendors' sandboxes; logins are printed
	$(BIN)/ez demo

migrate: setup ## bring the configured database up to date
	$(BIN)/ez migrate

smoke: setup ## click through the running demo from outside
	$(BIN)/ez smoke

check: setup ## lint, format, types, security, floors, spelling, house rules, docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/bandit -q -r ezcore plugins -c pyproject.toml
	$(BIN)/lint-imports --no-cache
	$(BIN)/codespell
	$(PYTEST) tests/unit/house tests/docs

messages: setup ## read the words of code and templates anew; say what is new and what is not translated (docs/languages.md)
	$(BIN)/python -m ezcore.cli.messages

fix: setup ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test: test-unit test-functional test-faults test-simulation test-browser ## every test, in the order in which they are cheap

test-unit: setup ## rules and operations of every room and plugin
	$(PYTEST) -n $(WORKERS) $(wildcard tests/unit plugins)

test-functional: setup ## through WebTest, over months, against attackers, from an installed wheel
	$(call pytest_if_there,-n $(WORKERS),tests/functional tests/scenarios tests/security tests/packaging)

test-faults: setup ## kill -9 and real processes
	$(call pytest_if_there,-n $(WORKERS),tests/faults)

test-simulation: setup ## months of small shops on a virtual clock, with faults: a rotating slice of seeds
	$(call pytest_if_there,-n $(WORKERS),tests/simulation)

test-browser: setup ## Chromium
	$(call pytest_if_there,,tests/browser)

browser: test-browser ## the same as test-browser

screenshots: setup ## docs/screenshots and its CHECKLIST.md anew: every page, from a demo with a year of history (half an hour)
	$(BIN)/python -m tests.browser.gallery

nightly: check test ## all of it; property tests with twenty times the examples, every crash point on both databases, ten times the seeds, axe in each mode, width and direction
	HYPOTHESIS_PROFILE=nightly $(PYTEST) -n $(WORKERS) tests/unit tests/faults tests/simulation
	HYPOTHESIS_PROFILE=nightly $(PYTEST) tests/functional/pages/test_many_rows.py
	HYPOTHESIS_PROFILE=nightly $(PYTEST) tests/browser/test_axe.py tests/browser/test_longer_words.py
	$(MAKE) conformance

conformance: setup ## plant every known mistake in a copy of its plugin; the kit must catch it (docs/plugins/conformance.md)
	$(BIN)/python -m tests.conformance.defects

pins: ## write requirements/*.txt anew from pyproject.toml and the plugins (no index address in them)
	@set -e; for kind in runtime dev; do \
	  { [ $$kind = dev ] && echo "-e .[dev]" || echo "-e ."; printf -- '-e ./%s\n' $(PLUGINS); } \
	  | $(UV) pip compile -q - --no-annotate --no-header $(addprefix --no-emit-package ,ezcore $(subst plugins/,ez-,$(PLUGINS))) \
	    $$([ $$kind = dev ] && echo "-c requirements/runtime.txt") -o requirements/$$kind.txt; done

# $(1) options, $(2) folders: runs those that exist, says so when none does.
define pytest_if_there
	@folders="$(wildcard $(2))"; if [ -z "$$folders" ]; then echo "nothing yet in: $(2)"; \
	  else echo $(PYTEST) $(1) $$folders; $(PYTEST) $(1) $$folders; fi
endef
