# Every target makes the environment it needs, and does nothing twice.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: lab demo test check bench crash docs pictures wheel fuzz env

lab: $(READY)  ## the main job: sample workspace, then JupyterLab on the notebooks
	$(BIN)/python -c "import eightcut as ec; ec.sample_workspace().close()"
	$(BIN)/jupyter lab --notebook-dir=notebooks $(if $(filter 0,$(shell id -u)),--allow-root) $(LAB_ARGS)

demo: $(READY)  ## the same job without a browser: a table, and a page to read
	$(BIN)/eightcut demo

test: $(READY)
	$(BIN)/python -m pytest $(PYTEST_ARGS)

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_layers.py tests/test_packaging.py

fuzz: $(READY)  ## every reader, 10,000 damaged files each: an hour or two
	$(BIN)/python -m tests.fuzz --inputs 10000 $(FUZZ_ARGS)

bench: $(READY)
	$(BIN)/python -m benchmarks

docs: $(READY)  ## the reference of every public name, from the docstrings: build/reference/index.html
	$(BIN)/python docs/reference.py build/reference

pictures: $(READY)  ## the pictures of README and docs, taken in a browser; needs Chromium
	EIGHTCUT_SCREENSHOTS=docs $(BIN)/python -m pytest -q -p no:randomly tests/browser/gallery.py tests/browser/test_screenshots*.py

wheel: $(READY)  ## dist/*.whl and *.tar.gz, and the main job with the wheel and without the checkout
	$(BIN)/python -m build --outdir dist .
	$(BIN)/python -m tests.wheel dist

crash: $(READY)  ## every job killed at every step and 1,000 times at random; 1 at any loss
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.crash $(CRASH_ARGS)

env: $(READY)

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c "import sys; ok = (3, 11) <= sys.version_info < (3, 13); sys.exit(0 if ok else f'eightcut needs Python 3.11 or 3.12, $(PYTHON) is {sys.version.split()[0]}; say make PYTHON=python3.11')"
	test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) || { $(PYTHON) -m venv --without-pip $(VENV) && \
		$(PYTHON) -m pip --python $(BIN)/python install --quiet pip; }  # Debian ships venv without pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	$(BIN)/eightcut doctor --fix --quiet
	touch $@
