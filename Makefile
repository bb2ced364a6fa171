# Everything a person does here. `make` alone lists it.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.DEFAULT_GOAL := help
.PHONY: help install demo test lint bench charts clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

install: $(STAMP) ## install everything into .venv

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	touch $(STAMP)

demo: $(STAMP) ## open the playground: a phone, a Slack channel, a shop, a clock
	$(BIN)/backorder-bot demo

test: $(STAMP) ## run the tests
	$(BIN)/python -m pytest -n 3 --dist worksteal

lint: $(STAMP) ## check style, types and generated charts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(STAMP) ## measure speed, side by side, and write bench.json
	$(BIN)/python -m tests.benchmarks

charts: $(STAMP) ## redraw the charts of the README from the tables
	$(BIN)/backorder-bot charts --write README.md

clean: ## remove what was installed and generated
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis bench.json
