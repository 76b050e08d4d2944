# Everything a reader, an instructor or a contributor does. `make` alone lists it.
VENV     := .venv
BIN      := $(VENV)/bin
PYTHON   ?= $(shell command -v python3.11 || command -v python3 || echo python3)
READY    := $(VENV)/.ready
SOLUTIONS ?= on
export PYTHONHASHSEED := 0
# JupyterLab with the book's settings (solutions stay folded), beside a reader's own and not over them
READING  := JUPYTER_CONFIG_DIR="$(CURDIR)/$(VENV)/jupyter"

.PHONY: help book test lab serve offline student lint lock font data check-data evidence bench notebooks clean

help:  ## list these commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) scripts/check_machine.py
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the book's packages into $(VENV) (the first time this takes some minutes) ..."
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --progress-bar on -r requirements.txt
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --editable .
	@touch $(READY)

book: $(READY)  ## run every notebook and build the site into _build/html (SOLUTIONS=off leaves the solutions out)
	@$(BIN)/python scripts/build_book.py --solutions $(SOLUTIONS)

test: $(READY)  ## run every test: helpers, notebooks, the built site
	@$(BIN)/python scripts/run_tests.py

lab: $(READY)  ## open the chapters in JupyterLab
	@$(READING) $(BIN)/python .binder/settings.py
	@$(READING) $(BIN)/jupyter lab --notebook-dir=. chapters/01_policy/01_rollout.ipynb

serve: book  ## build, then serve the site on this machine
	@$(BIN)/python scripts/serve_book.py

student: $(READY)  ## build the site without any solution into _build/student/_build/html
	@$(BIN)/python scripts/build_book.py --solutions off

offline: book  ## a zip of the site that opens from disk, without a server
	@$(BIN)/python scripts/zip_book.py

lint: $(READY)  ## check the code's form and that generated files are fresh
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/python scripts/tidy_notebooks.py --check
	@$(BIN)/python scripts/make_font.py --check
	@$(BIN)/python scripts/data_catalogue.py --check
	@$(BIN)/python scripts/local_templates.py --check

notebooks: $(READY)  ## run the notebooks and keep only the key outputs that the tests compare
	@$(BIN)/python scripts/tidy_notebooks.py --run

data: $(READY)  ## draw the simulated twins and their raw files, refresh manifests and data catalogue
	@$(BIN)/python scripts/make_data.py
	@$(BIN)/python scripts/data_catalogue.py --update-hashes
	@$(BIN)/python scripts/local_templates.py

check-data: $(READY)  ## check your own files in data/local and list every problem in one pass
	@$(BIN)/python scripts/check_local_data.py

evidence: $(READY)  ## compute the slow results that are missing or stale (WHICH="name name": these; CONFIRM=yes: see the script)
	@nice $(BIN)/python scripts/make_evidence.py $(if $(WHICH),--only $(WHICH)) $(if $(CONFIRM),--confirm)

bench: $(READY)  ## measure the fast parts against the slow ones on this machine
	@$(BIN)/python scripts/bench.py

lock: $(READY)  ## resolve requirements.txt anew from pyproject.toml
	@$(BIN)/python scripts/lock.py

clean:  ## remove what was built (the environment stays; remove .venv by hand)
	rm -rf _build
