# Liên Thông: what one does with it. `make` lists this.

SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
BIN := .venv/bin
WORKERS ?= 4
# Tests start dozens of processes: each would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

help: ## list what one can do here
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: ## install what is missing (Python packages in .venv, RabbitMQ)
	@.ci/setup run

setup-test: ## install what the tests and checks need as well
	@.ci/setup test

demo: setup ## a week of dossiers through a real province, on servers of its own
	@$(BIN)/lienthong demo $(ARGS)

sandbox: setup ## a gateway with canned agencies to connect your software to (docs/connect.md)
	@$(BIN)/lienthong sandbox --save sandbox.json $(ARGS)

serve: setup ## run the gateway and keep its data (without configuration: on private servers)
	@$(BIN)/lienthong serve $(ARGS)

test: setup-test ## every test, on private PostgreSQL and RabbitMQ servers
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup $(ARGS)

quick: setup-test ## only the tests that need no server (seconds)
	@$(BIN)/pytest -q -n $(WORKERS) -m "not servers" tests/unit $(ARGS)

check: setup-test ## format, lint, types, imports, published schemas
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python -m schemas.publish --check

bench: setup ## messages per second beside a bare forwarder (last line: JSON)
	@$(BIN)/python -m bench $(ARGS)

bench-grown: setup ## the same with a million finished transfers stored
	@$(BIN)/python -m bench.grown $(ARGS)

bench-timers: setup ## do timers fire in time with a million clocks open (last line: JSON)
	@$(BIN)/python -m bench.timers $(ARGS)

bench-documents: setup ## 2 GB over a link that is cut ten times each way (last line: JSON)
	@$(BIN)/python -m bench.documents $(ARGS)

bench-blackhole: setup ## does one bad partner slow the other 49 down (last line: JSON)
	@$(BIN)/python -m bench.blackhole $(ARGS)

bench-reform: setup ## 1 July 2025 with 200,000 open dossiers of the country (last line: JSON)
	@$(BIN)/python -m bench.reform $(ARGS)

bench-desk: setup ## how long operators wait for the work-queues of a grown store (last line: JSON)
	@$(BIN)/python -m bench.desk $(ARGS)

chaos: setup-test ## kill, stop and cut everything with a thousand transfers in flight
	@$(BIN)/pytest tests/chaos --chaos $(ARGS)

oracle: setup-test ## a million deadlines beside an independent oracle (about 7 minutes, at most 30)
	@$(BIN)/python -m tests.unit.legaltime.million $(ARGS)

publish: setup ## write schemas/published from the message models and the API
	@$(BIN)/python -m schemas.publish
	@$(BIN)/python -m gateway.api.publish

screenshots: setup-test ## the console's screens as they look, into docs/screens (ARGS=--all: build/screens)
	@$(BIN)/python -m tests.browser.pictures $(ARGS)

lock: ## resolve the locked versions anew (ARGS=--keep: only what was added)
	@.ci/lock $(ARGS)

clean: ## remove what was made here (not .venv)
	@rm -rf build dist bench/out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name .venv -prune -o -name __pycache__ -type d -print0 | xargs -0 rm -rf

.PHONY: help setup setup-test demo sandbox serve test quick check bench bench-grown bench-timers bench-documents bench-blackhole bench-reform bench-desk chaos oracle publish screenshots lock clean
