# Funnelhouse: every verb sets up what it needs. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
LOCK   := requirements.lock
# Compiled bytecode saves six seconds per Airflow or dbt process (docs/operations.md).
unexport PYTHONDONTWRITEBYTECODE
export UV_SYSTEM_CERTS := 1
export UV_NO_PROGRESS := 1
export UV_LINK_MODE := copy

# One worker a core; what tests share is made once (tests/conftest.py).
PYTEST := $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
ARGS :=
ifdef INBOX
ARGS += --inbox "$(INBOX)"
endif

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-12s %s\n", $$1, $$2}'

# The stamp holds the lock's hash and the interpreter, so a changed lock or Python makes a new environment.
.PHONY: setup
setup: ## Create .venv from requirements.lock (done by every other verb)
	@PYTHON="$(PYTHON)" DUCKDB="$(DUCKDB)" EXTRAS="$(EXTRAS)" ./bootstrap.sh

.PHONY: run
run: setup ## Exports -> published warehouse. INBOX=dir uses your files, otherwise the sample company
	@$(BIN)/funnelhouse run $(ARGS)

.PHONY: ui
ui: setup ## Airflow on 127.0.0.1 with a generated login; drop files into data/inbox
	@$(BIN)/funnelhouse ui

.PHONY: pages
pages: setup ## The pages on 127.0.0.1 with a generated login
	@$(BIN)/funnelhouse pages

.PHONY: test
test: setup ## The whole test suite
	@$(PYTEST) $(PYTEST_ARGS)

.PHONY: test-quick
test-quick: setup ## The part of the suite without pipelines, dbt builds and servers
	@$(PYTEST) -m "not slow" $(PYTEST_ARGS)

.PHONY: test-browser
test-browser: setup ## Every page in headless Chromium with axe: 3 languages, light and dark, phone and desk. HOUSE=dir, ONLY=overview,goals
	@cd tests/browser && { cmp -s package-lock.json node_modules/.lock || { npm ci --silent --no-audit --no-fund && cp package-lock.json node_modules/.lock; }; }
	@$(BIN)/python -m tests.browser $(if $(HOUSE),--house "$(HOUSE)",)

.PHONY: fuzz
fuzz: setup ## Mutated export files through extraction: N=10000 SEED=1, KEEP=dir for the files that failed
	@$(BIN)/python -m tests.fuzz --files $(or $(N),10000) --seed $(or $(SEED),1) $(if $(KEEP),--keep "$(KEEP)",)

.PHONY: faults
faults: setup ## Kills, full disks and damage at random, about 30 minutes: N=1500 cycles in MINUTES=25, RUNS=8, SERVICES=5, SEED=1
	@$(BIN)/python -m tests.faults --cycles $(or $(N),1500) --runs $(or $(RUNS),8) --services $(or $(SERVICES),5) \
		--minutes $(or $(MINUTES),25) --seed $(or $(SEED),1)

.PHONY: lint
lint: setup ## ruff, mypy, layers of imports, dead code, sqlfluff, contract validation, SQL that Spark knows, too
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache --no-logo
	@$(BIN)/vulture
	@$(BIN)/sqlfluff lint --disable-progress-bar -p 2 dbt_project/models dbt_project/tests
	@$(BIN)/funnelhouse contract list --quiet
	@$(BIN)/python -m tests.spark.lint

.PHONY: spark-check
spark-check: ## Every model, test and published table on Spark against DuckDB: COMPANY="firm shop" SIZE=small UNITS=1
	@EXTRAS=spark $(MAKE) --no-print-directory setup
	@$(BIN)/python -m tests.spark --folder .cache/spark-check $(if $(UNITS),--unit-tests,) $(if $(COMPANY),--company $(COMPANY),) $(if $(SIZE),--size $(SIZE),)

.PHONY: cluster
cluster: ## A Spark cluster on 127.0.0.1 that loses a worker in the middle of a build, and what it published: COMPANY=firm SIZE=whole STORAGE=folder
	@EXTRAS=spark $(MAKE) --no-print-directory setup
	@$(BIN)/python -m tests.cluster --folder .cache/cluster $(if $(STORAGE),--storage $(STORAGE),) $(if $(COMPANY),--company $(COMPANY),) $(if $(SIZE),--size $(SIZE),)

.PHONY: metrics
metrics: setup ## Metrics computed by MetricFlow beside the numbers of the marts (installs it apart, 160 MB)
	@[ -x .cache/metrics/bin/mf ] || { $(BIN)/uv venv -q --python $(BIN)/python .cache/metrics && \
		$(BIN)/uv pip install -q --python .cache/metrics/bin/python --group metrics; }
	@$(BIN)/python -m pytest -n 0 tests/integration/test_metricflow.py

.PHONY: bench
bench: setup ## Benchmarks as ratios: CHAPTER=extract, BENCH_ARGS="--megabytes 10 100 2000 --runs 3"
	@$(BIN)/python -m tests.bench $(if $(CHAPTER),--chapter $(CHAPTER),) $(BENCH_ARGS)

.PHONY: docs
docs: setup ## Regenerate docs/marts.md from the dbt descriptions
	@$(BIN)/funnelhouse docs

.PHONY: dbt-docs
dbt-docs: setup ## dbt's own documentation of the last build as one page, data/reports/dbt-docs.html
	@$(BIN)/funnelhouse docs --dbt

.PHONY: lock
lock: setup ## Recompile requirements.lock from pyproject.toml (needs the package index)
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		pyproject.toml --group dev --group postgres -o $(LOCK)
	@for extra in objects scale spark; do $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header -c $(LOCK) --group $$extra -o $$extra.lock; done
	@echo "panel==1.9.4" | $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --no-deps - -o charts.lock

.PHONY: clean
clean: ## Remove the environment and all data (asks first)
	@read -r -p "Remove .venv and $${FUNNELHOUSE_HOME:-data}? [y/N] " a; [ "$$a" = y ] && rm -rf .venv .cache "$${FUNNELHOUSE_HOME:-data}" || true
