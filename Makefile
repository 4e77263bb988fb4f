# One task runner for people and for CI. Needs make, git and Python 3.11 or newer; all else goes into .venv.
PYTHON := .venv/bin/python
READY := .venv/.ready
BENCH_READY := benchmarks/.venv/.ready

.PHONY: help setup demo test lint types package bench docs clean
.DEFAULT_GOAL := help

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' Makefile

$(READY): pyproject.toml uv.lock tools/setup.sh
	@tools/setup.sh

setup: $(READY) ## make .venv with everything that is needed

demo: $(READY) ## set up and show LeadBridge at work
	@$(PYTHON) -m leadbridge demo

test: $(READY) ## run the whole suite
	@$(PYTHON) -m pytest --numprocesses=auto --maxprocesses=4 --dist=worksteal

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
	rm -rf .venv benchmarks/.venv benchmarks/.data build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
