# One task runner for people and for CI. Needs make, git and Python 3.11 or newer; all else goes into .venv.
PYTHON := .venv/bin/python
READY := .venv/.ready
BENCH_READY := benchmarks/.venv/.ready

SEEDS := 20
FIRST_SEED := 1

.PHONY: help setup demo test test-clients kills scoreboard lint types package bench docs clean
.DEFAULT_GOAL := help

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile

$(READY): pyproject.toml uv.lock tools/setup.sh
	@tools/setup.sh

setup: $(READY) ## make .venv with everything that is needed

demo: $(READY) ## set up and show LeadBridge at work
	@$(PYTHON) -m leadbridge demo
	@$(PYTHON) -m leadbridge demo salesforce
	@$(PYTHON) -m leadbridge demo hubspot

test: $(READY) ## run the whole suite
	@$(PYTHON) -m pytest --numprocesses=auto --maxprocesses=4 --dist=worksteal

test-clients: $(READY) ## hold the sandboxes against programs of others, HubSpot's and Salesforce's clients among them
	@LEADBRIDGE_CLIENTS=1 $(PYTHON) -m pytest tests/clients

kills: $(READY) ## kill processes while they apply, at SEEDS=20 moments, and take up what they left
	@LEADBRIDGE_KILLS=$(SEEDS) $(PYTHON) -m pytest tests/property/test_kills.py --numprocesses=auto --maxprocesses=4 --dist=worksteal

scoreboard: $(READY) ## play SEEDS=20 worlds from FIRST_SEED=1 on, beside two strawmen
	@$(PYTHON) benchmarks/scoreboard.py --seeds $(SEEDS) --first-seed $(FIRST_SEED)

lint: $(READY) ## check style and format
	@$(PYTHON) -m ruff check
	@$(PYTHON) -m ruff format --check

types: $(READY) ## check types
	@$(PYTHON) -m mypy

package: $(READY) ## build the wheel and try it in an environment of its own
	@$(PYTHON) -m tools.try_package

docs: $(READY) ## write docs/cli.md anew from the commands' own help
	@$(PYTHON) -m tools.make_cli_docs

$(BENCH_READY): benchmarks/requirements.txt | $(READY)
	@$(PYTHON) -m benchmarks.setup

bench: $(READY) $(BENCH_READY) ## measure, side by side with peers
	@$(PYTHON) -m benchmarks

clean: ## remove everything that make made
	rm -rf .venv benchmarks/.venv benchmarks/.data tests/clients/.cache build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
