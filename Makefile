# Everything runs in .venv, which is made on first use and again when the pins change.
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
PORT ?= 8000

help:
	@echo "make book    build the book into _build/html"
	@echo "make quick   the tests of the library, lint and types: for the loop while one works, a minute"
	@echo "make test    run all tests but the next ones; the book is built where its pages are looked at: ten minutes"
	@echo "make test-install   make fresh environments as the README, Binder and nbgrader tell, and try them"
	@echo "make serve   show the built book at http://127.0.0.1:$(PORT)"
	@echo "make lab     open the chapters in JupyterLab"
	@echo "make sweeps  make the book's long experiments again (those named in ONLY=, or all); finished runs are kept"
	@echo "make bench   time the library beside PyTorch, JAX and autograd (ten minutes; installs the first two)"
	@echo "make assignments   write the students' notebooks, and a zip of them, into _build/release"
	@echo "make grade FROM=folder TO=folder   grade FROM/STUDENT/ASSIGNMENT.ipynb, each in a sandbox (needs bubblewrap)"
	@echo "make check   lint, format, types, and the length of modules"
	@echo "make lock    make requirements.txt anew from pyproject.toml, keeping the pins that still fit"
	@echo "make offline one zip of the built book, for a course without a network"
	@echo "make links   try the links that lead out of the book (needs a network)"
	@echo "make clean   remove what was built, and .venv"

# From 25.1 on pip shows how far its installation is; without it, set-up is silent for a minute.
.venv/ready: requirements.txt pyproject.toml
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or later is needed; $(PYTHON) is older or missing. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv module is missing. On Debian and Ubuntu: sudo apt-get install python3-venv"; exit 1; }
	@echo "Setting up .venv: 190 packages, a minute or two with a fast connection"
	@"$(PYTHON)" -m venv .venv
	-@$(BIN)/python -m pip install --disable-pip-version-check --quiet 'pip>=25.1'
	$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on -r requirements.txt
	@touch $@

# The kernel of a chapter has no terminal of its own, so where there is one its figures are told.
book: .venv/ready
	@if terminal=$$(tty); then export MINIRNN_PROGRESS="$$terminal"; fi; \
	  echo "Running the chapters and drawing their figures: minutes the first time; then only what changed"; \
	  $(BIN)/jupyter-book build . -W -n --keep-going
	@echo
	@echo "The book is in _build/html. To read it: make serve"

# As many processes as cores, each with one numerical thread; tests/conftest.py says in which order they take tests.
WORKERS ?= 2
PYTEST := $(BIN)/python -m pytest -n $(WORKERS)
ROOMS := $(wildcard $(addprefix tests/,core cells gradients learning dynamics theory control diagnosis figures))

quick: .venv/ready lint
	$(PYTEST) -q -m "not slow" minirnn $(ROOMS) $(wildcard tests/test_*.py)

test: .venv/ready
	$(PYTEST) --durations=15 --ignore=tests/install

test-install: .venv/ready
	$(BIN)/python -m pytest --durations=5 tests/install

TRY_PORT := import socket, sys; socket.create_server(("127.0.0.1", int(sys.argv[1]))).close()
serve:
	@test -f _build/html/index.html || { echo "There is no book yet. First: make book"; exit 1; }
	@"$(PYTHON)" -c '$(TRY_PORT)' "$(PORT)" 2>/dev/null || \
	  { echo "Port $(PORT) is taken by another program, or cannot be used. Try another: make serve PORT=8001"; exit 1; }
	@echo "The book is at http://127.0.0.1:$(PORT)  (Ctrl-C stops)"
	@"$(PYTHON)" -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

# Chapters open as notebooks by a setting of this start alone; what JupyterLab keeps is in .venv, nothing in the home.
LAB := $(CURDIR)/.venv/lab
AS_ROOT = $(if $(filter 0,$(shell id -u)),--allow-root)
lab: export JUPYTER_CONFIG_DIR := $(LAB)
lab: export JUPYTER_DATA_DIR := $(LAB)/data
lab: export IPYTHONDIR := $(LAB)/ipython
lab: export npm_config_cache := $(LAB)/npm
lab: export MPLCONFIGDIR := $(LAB)/matplotlib
lab: .venv/ready
	@$(BIN)/python -m jupytext_config --settings-file "$(LAB)/labconfig/default_setting_overrides.json" \
	  set-default-viewer markdown myst
	@$(if $(AS_ROOT),echo "You are root: what you run in JupyterLab has all rights on this machine.")
	$(BIN)/python -m jupyterlab book $(AS_ROOT) $(MORE)

sweeps: .venv/ready
	cd book && ../$(BIN)/python -m experiments $(ONLY)

assignments: .venv/ready
	@cd book && ../$(BIN)/python -m coursework release ../_build/release

# By way of the environment a name may hold what means something to make or to a shell.
FROM ?= submissions
TO ?= grades
grade: export SOURCE := $(FROM)
grade: export TARGET := $(TO)
grade: .venv/ready
	@PYTHONPATH=book $(BIN)/python -m coursework grade "$$SOURCE" --out="$$TARGET" $(MORE)

IMPORT_TIME := import time; begin = time.perf_counter(); import minirnn; end = time.perf_counter()
bench: .venv/ready
	@$(BIN)/python -c '$(IMPORT_TIME); print(f"import minirnn: {end - begin:.2f} s; the aim is 0.5 s")'
	$(BIN)/python -m pip install --disable-pip-version-check --quiet torch==2.13.0 jax==0.10.2 jaxlib==0.10.2
	$(BIN)/python -m tests.benchmarks

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PYTHONPATH=book $(BIN)/lint-imports --no-cache

check: lint
	$(BIN)/python -m pytest -q tests/test_house.py

EXTRAS := $(foreach extra,draw data theory sweeps cluster book test dev,--extra $(extra))
LOCK := uv pip compile --universal --python-version 3.11 $(EXTRAS) --no-emit-index-url --no-header --no-annotate
lock: .venv/ready
	$(BIN)/python -m pip install --quiet uv
	head -n 2 requirements.txt > requirements.new
	$(LOCK) pyproject.toml --quiet --output-file requirements.txt
	cat requirements.txt >> requirements.new
	mv requirements.new requirements.txt

offline: book
	$(BIN)/python -m zipfile -c _build/gradients-through-time.zip _build/html
	@echo "The book in one file: _build/gradients-through-time.zip (unpack, open html/index.html)"

links: .venv/ready
	$(BIN)/jupyter-book build . --builder linkcheck

clean:
	rm -rf _build build minirnn.egg-info .venv

.PHONY: help book quick test test-install serve lab sweeps assignments grade bench lint check lock offline links clean
