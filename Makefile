# All commands run in .venv, which is made on first use and again when the pins change.
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
PORT ?= 8000

# Containers often forbid Python to keep what it compiled. Here hundreds of processes begin, and each would compile anew.
unexport PYTHONDONTWRITEBYTECODE

help:
	@echo "make book    build the book into _build/html"
	@echo "make book LANGUAGE=de   build the pages that are there in German into _build/html/de, after make book"
	@echo "make book-sphinx   build the book without Jupyter Book, by the newest Sphinx, into _build/sphinx"
	@echo "make quick   run the tests of the library, lint and types, while you work: a minute"
	@echo "make test    run all tests but the next ones; those of pages build the book first: ten minutes"
	@echo "make test-install   make fresh environments as the README, Binder and nbgrader prescribe, and try them"
	@echo "make serve   show the built book at http://127.0.0.1:$(PORT)"
	@echo "make lab     open the chapters in JupyterLab"
	@echo "make sweeps  run the book's long experiments again (those named in ONLY=, or all); finished runs are kept"
	@echo "make diagnose-bench   run diagnose on the benchmark's networks, and count how often it is right (an hour)"
	@echo "make bench   time the library beside PyTorch, JAX and autograd (half an hour; installs the first two)"
	@echo "make drag-bench   measure how long a page works for each step of a drag, in live figures or those of ONLY= (minutes)"
	@echo "make assignments   write the students' notebooks, and a zip of them, into _build/release"
	@echo "make new-assignment NAME=sequences   write a small, complete assignment to begin from"
	@echo "make grade FROM=submissions.zip TO=folder ROSTER=roster.csv   grade a platform's zip, or FROM/STUDENT/ASSIGNMENT.ipynb,"
	@echo "             each in a sandbox (needs bubblewrap)"
	@echo "make grade-bench   time the grading of 100 artificial submissions (five minutes)"
	@echo "make similar FROM=folder TO=folder   list submissions of similar structure: a hint, and no verdict"
	@echo "make check   check lint, format, types, and the length of modules"
	@echo "make lock    write requirements.txt anew from pyproject.toml, keeping the pins that still fit"
	@echo "make package build the library's wheel and source archive into _build/package, and check them"
	@echo "make pdf     print the built book into one PDF (needs chromium); make epub writes an EPUB"
	@echo "make figures draw every figure as SVG and PNG into one zip"
	@echo "make offline write one zip of the built book, for a course without a network"
	@echo "make handouts   make the last four, in this order; the front page of the built book then offers them"
	@echo "make lite    let readers run the notebooks in their browsers (PYODIDE=folder: with a copy of Pyodide of your own)"
	@echo "make links   try the links that lead out of the book (needs a network)"
	@echo "make clean   remove the built files, and .venv"

# From version 25.1 on pip shows a progress bar; an older pip would be silent for a minute.
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

# The kernel of a chapter has no terminal of its own, so its figures get the name of ours, if there is one.
# LANGUAGE counts where it is given to make: in a shell it is a setting of the system.
GIVEN := $(filter command,$(origin LANGUAGE))
book: export TONGUE := $(if $(GIVEN),$(LANGUAGE))
book: .venv/ready
	@if terminal=$$(tty); then export MINIRNN_PROGRESS="$$terminal"; fi; \
	  echo "Running the chapters and drawing their figures: minutes the first time; then only what changed"; \
	  $(if $(GIVEN),$(BIN)/python book/_ext/build.py --language="$$TONGUE",$(BIN)/jupyter-book build . -W -n --keep-going)
	@echo
	@echo "The book is in _build/html. To read it: make serve"

# The newest Sphinx lies over the packages of .venv, which sees nothing of it.
OVER := _build/sphinx-env
$(OVER)/ready: .venv/ready requirements-sphinx.txt
	rm -rf $(OVER)
	$(BIN)/python -m venv $(OVER)
	$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' > $$(echo $(OVER)/lib/python*/site-packages)/below.pth
	$(OVER)/bin/python -m pip install --disable-pip-version-check --quiet --no-deps -r requirements-sphinx.txt
	@touch $@

book-sphinx: $(OVER)/ready
	$(OVER)/bin/python book/_ext/build.py
	@echo
	@echo "The book is in _build/sphinx"

# Two processes, each with one numerical thread, and two more for `make test`, where many tests wait for browsers and other
# processes; tests/conftest.py sets the order of the tests.
WORKERS ?= $(if $(filter test,$(MAKECMDGOALS)),4,2)
PYTEST := $(BIN)/python -m pytest -n $(WORKERS)
ROOMS := $(wildcard $(addprefix tests/,core cells gradients layers learning dynamics theory control bridges diagnosis figures))

OF_THE_HOUSE := tests/test_house.py tests/test_dependencies.py    # 2500 tests, one a file: `make check` has the former

# Lint uses one core, so the tests run beside it.
quick: .venv/ready
	@$(MAKE) --no-print-directory -j2 lint library || \
	  { echo "Lint or a test failed. Lint speaks first, above the tests' dots; alone: make lint"; exit 1; }

library: .venv/ready
	$(PYTEST) -q -m "not slow" minirnn $(ROOMS) $(filter-out $(OF_THE_HOUSE),$(wildcard tests/test_*.py))

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

# Only this command makes chapters open as notebooks; JupyterLab writes its files into .venv and none into your home.
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
	@mkdir -p _build/notebooks/.built; for built in _build/html/_notebooks/*.ipynb; do \
	  name=$${built##*/}; yours=_build/notebooks/$$name; kept=_build/notebooks/.built/$$name; \
	  if [ ! -e "$$built" ] || cmp -s "$$built" "$$kept"; then continue; fi; \
	  if [ ! -e "$$yours" ] || cmp -s "$$yours" "$$kept"; then cp "$$built" "$$yours" && cp "$$built" "$$kept"; \
	  else echo "$$yours is older than the book, and yours: it stays. Delete it to get the new one."; fi; done
	@start=book; if [ -e _build/notebooks/intro.ipynb ]; then start=_build/notebooks/intro.ipynb; \
	  else echo "These are the chapters' sources. After make book this command opens notebooks that read like the pages."; fi; \
	  exec $(BIN)/python -m jupyterlab --ServerApp.root_dir="$(CURDIR)" --LabApp.default_url="/lab/tree/$$start" $(AS_ROOT) $(MORE)

sweeps: .venv/ready
	cd book && ../$(BIN)/python -m experiments $(ONLY)

assignments: .venv/ready
	@cd book && ../$(BIN)/python -m coursework release ../_build/release

# Names go through the environment, since they may hold characters that have a meaning in make or in a shell.
new-assignment: export CALLED := $(NAME)
new-assignment: .venv/ready
	@PYTHONPATH=book $(BIN)/python -m coursework new "$$CALLED"

FROM ?= submissions
TO ?= grades
grade similar: export SOURCE := $(FROM)
grade similar: export TARGET := $(TO)
grade: export PEOPLE := $(ROSTER)
grade: export DATES := $(COURSE)
grade: export BOOK := $(GRADEBOOK)
grade: .venv/ready
	@PYTHONPATH=book $(BIN)/python -m coursework grade "$$SOURCE" --out="$$TARGET" $${PEOPLE:+"--roster=$$PEOPLE"} $${DATES:+"--course=$$DATES"} $${BOOK:+"--gradebook=$$BOOK"} $(MORE)

grade-bench: .venv/ready
	@$(BIN)/python -m tests.benchmarks.grading

similar: .venv/ready
	@PYTHONPATH=book $(BIN)/python -m coursework.similar "$$SOURCE" "$$TARGET"

IMPORT_TIME := import time; begin = time.perf_counter(); import minirnn; end = time.perf_counter()
bench: .venv/ready
	@$(BIN)/python -c '$(IMPORT_TIME); print(f"import minirnn: {end - begin:.2f} s; the aim is 0.5 s")'
	$(BIN)/python -m pip install --disable-pip-version-check --quiet torch==2.13.0 jax==0.10.2 jaxlib==0.10.2
	$(BIN)/python -m tests.benchmarks
	$(BIN)/python -m tests.benchmarks.cores
	$(BIN)/python -m tests.benchmarks.watching

drag-bench: .venv/ready
	@$(BIN)/python -m tests.benchmarks.dragging $(ONLY)

diagnose-bench: .venv/ready
	cd book && ../$(BIN)/python -m experiments diagnosis.learns diagnosis.confusion diagnosis.blind_learns diagnosis.blind_confusion
	@cd book && ../$(BIN)/python -m experiments.diagnosis.scores

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PYTHONPATH=book $(BIN)/lint-imports --no-cache

check: lint
	$(BIN)/python -m pytest -q tests/test_house.py

EXTRAS := $(foreach extra,draw data theory sweeps cluster safetensors book test dev,--extra $(extra))
LOCK := uv pip compile --universal --python-version 3.11 $(EXTRAS) --no-emit-index-url --no-header --no-annotate
lock: .venv/ready
	$(BIN)/python -m pip install --quiet uv
	head -n 2 requirements.txt > requirements.new
	$(LOCK) pyproject.toml --quiet --output-file requirements.txt
	cat requirements.txt >> requirements.new
	mv requirements.new requirements.txt

# The package is built in an environment of its own, so that the pins of .venv stay.
package:
	"$(PYTHON)" -m venv _build/packaging
	_build/packaging/bin/python -m pip install --disable-pip-version-check --quiet build==1.6.1 twine==7.0.0
	rm -rf _build/package
	_build/packaging/bin/python -m build --outdir _build/package .
	_build/packaging/bin/python -m twine check --strict _build/package/*

# JupyterLite beside the book, with Pyodide of its project's server, or of the folder PYODIDE. Its tools stay apart.
LITE := jupyterlite-core[contents]==0.8.6 jupyterlite-pyodide-kernel==0.8.6 jupyterlab-widgets==3.0.17 anywidget==0.11.0
lite: export GTT_LITE := yes
lite: book
	"$(PYTHON)" -m venv _build/lite/tools
	_build/lite/tools/bin/python -m pip install --disable-pip-version-check --quiet $(LITE)
	@PYTHONPATH=book/_ext $(BIN)/python -m gtt.lite
	@echo "The notebooks run in a reader's browser: see a page's rocket, then \"This browser\""

# Of the built book; each file goes to _build/html/_downloads, and the front page names those that are there.
pdf epub figures offline: .venv/ready
	@PYTHONPATH=book $(BIN)/python -m handouts $@

# One after the other, also under `make -j`: each of them writes into the front page; the zip holds the others.
handouts: .venv/ready
	@for kind in pdf epub figures offline; do $(MAKE) --no-print-directory $$kind || exit; done

links: .venv/ready
	$(BIN)/jupyter-book build . --builder linkcheck

clean:
	rm -rf _build build minirnn.egg-info .venv

.PHONY: help book book-sphinx quick library test test-install serve lab sweeps assignments new-assignment grade grade-bench similar bench drag-bench diagnose-bench lint check lock package lite offline pdf epub figures handouts links clean
