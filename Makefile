# The verbs of this repository; `make help` lists them. All of them work from a clone without any other step.

VENV := build/venv
PYTHON := $(VENV)/bin/python
JUPYFLAKE := $(VENV)/bin/jupyflake
SHELL_SCRIPTS = .ci/run $(shell find . -name '*.sh' -not -path './build/*' -not -path './.*/*')
NIX_FILES = $(shell find . -name '*.nix' -not -path './build/*' -not -path './.*/*')

.DEFAULT_GOAL := help
.PHONY: help demo lab run image-in-docker test check test-rootless check-packages check-nixpkgs conformance bench lint reference format clean

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' Makefile

demo: ## set up, build, run notebooks in shell and container
	@started=$$(date +%s.%N) && make/setup.sh && exec $(PYTHON) make/demo.py --started $$started

lab: ## open JupyterLab with the example's kernels
	@make/setup.sh && exec $(JUPYFLAKE) lab

run: ## the same from the image, in Docker or Podman
	@make/setup.sh && exec $(JUPYFLAKE) run

image-in-docker: ## the image without Nix on the machine: BUILDER=<image>
	@make/setup.sh --without-nix && exec $(JUPYFLAKE) build --in-container $(if $(BUILDER),--builder-image "$(BUILDER)")

test: ## all tests: lint, units, real shells, containers, a browser
	@make/setup.sh --test
	@$(MAKE) --no-print-directory lint
	@$(PYTHON) -m pytest

check: ## the fast tests: lint, unit and evaluation tests
	@make/setup.sh --test
	@$(MAKE) --no-print-directory lint
	@$(PYTHON) -m pytest -m 'not e2e and not network'

test-rootless: ## the image in podman of an ordinary user
	@make/setup.sh --test
	@$(PYTHON) -m pytest tests/e2e/rootless.py

check-packages: ## install and import what people use; ARGS="--sets"
	@make/setup.sh && exec $(PYTHON) make/check_packages.py $(ARGS)

check-nixpkgs: ## evaluate on a nixpkgs: NIXPKGS=<path> [SYSTEMS="…"]
	@make/check-nixpkgs.sh "$(NIXPKGS)" $(SYSTEMS)

conformance: ## Jupyter's conformance suite against every kernel
	@make/setup.sh --test
	@$(PYTHON) tests/conformance $(LANGUAGES)

bench: ## measure speed against a peer, in the same run
	@make/setup.sh --test
	@for each in benchmarks/*.py; do echo "== $$each"; $(PYTHON) $$each || exit 1; done

bench-%: benchmarks/%.py
	@make/setup.sh --test && exec $(PYTHON) $<

lint: ## ruff, mypy, shellcheck, and Nix' own parser
	@make/setup.sh --test
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/ruff format --quiet --check .
	@$(VENV)/bin/mypy
	@shellcheck $(SHELL_SCRIPTS)
	@NIX_CONFIG='build-users-group =' nix-instantiate --parse $(NIX_FILES) > /dev/null

reference: ## write docs/reference from the sources
	@make/setup.sh --test
	@$(PYTHON) make/reference.py
	@$(PYTHON) make/cli_reference.py
	@$(PYTHON) make/errors_reference.py

format: ## write the code as the linters want it
	@make/setup.sh --test
	@$(VENV)/bin/ruff check --quiet --fix .
	@$(VENV)/bin/ruff format --quiet .
	@if command -v nixfmt > /dev/null; then nixfmt $(NIX_FILES); else echo "nixfmt is not installed: Nix files stay as they are"; fi

clean: ## remove what was built here; what is in the Nix store stays
	@rm -rf build .jupyter result result-*
