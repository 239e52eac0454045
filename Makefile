# make demo: the main job on examples/shop against the embedded sandbox.   make test: lint, types, tests.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
TEXTS := $(foreach part,formatting translation preview_page message render_markdown markup policy policy_custom contract_hostile,tests/test_$(part).py)

.PHONY: test demo bench soak browser pictures docs lint types clean

$(READY): pyproject.toml requirements-dev.txt
	@echo "==> making .venv and installing wasync with its development tools"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[cloud,emulator]' --requirement requirements-dev.txt
	@echo "==> keeping wheels of wasync's dependencies, for the test that installs it in a clean venv"
	@$(BIN)/python -m pip download --quiet --disable-pip-version-check --dest .venv/wheels '.[cloud,emulator]'
	@touch $@

lint: $(READY)
	@echo "==> lint: ruff check, ruff format"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(READY)
	@echo "==> types: mypy --strict"
	@$(BIN)/mypy

test: lint types
	@echo "==> tests: pytest on two workers"
	@$(BIN)/pytest --numprocesses 2

soak: $(READY)
	@echo "==> soak: 20,000 made-up documents a property, and 20,000 histories, on two workers"
	@WASYNC_EXAMPLES=20000 $(BIN)/pytest --numprocesses 2 tests/test_properties.py tests/test_machine.py
	@echo "==> soak: 2,000 texts and layouts for each property of pages, comments, translations, formatting, policy"
	@WASYNC_EXAMPLES=2000 $(BIN)/pytest --numprocesses 2 $(TEXTS)
	@echo "==> soak: 50 real SIGKILLs"
	@$(BIN)/pytest --numprocesses 2 -rs tests/soak_kill.py
	@echo "==> soak: 10,000 templates, one call in twenty failing, memory flat"
	@$(BIN)/pytest --capture no tests/soak_large.py

browser: $(READY)
	@echo "==> browser: the pages in the system's Chromium"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-browser.txt
	@$(BIN)/pytest --capture no -rs tests/browser_pages.py

pictures: $(READY)
	@echo "==> pictures: docs/pictures, made anew from the real thing"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-browser.txt
	@$(BIN)/python -m tests.pictures
	@$(BIN)/python -m tests.templates_page > docs/templates.md

docs: $(READY)
	@echo "==> docs: the site, in build/site"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-docs.txt
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet

bench: $(READY)
	@echo "==> benchmarks: ratios measured in one run"
	@$(BIN)/python -m tests.benchmarks

demo: $(READY)
	@sh .ci/demo

clean:
	rm -rf .venv .demo build dist
