# Liancun: the commands of the house. Everything is installed under .venv/ and var/.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

.PHONY: run serve test check bench soak fuzz flood year lock clean

run: .venv/runtime                ## start the demo: a weekly meeting already in progress
	$(BIN)/liancun demo

serve: .venv/runtime              ## start the server without the demo
	$(BIN)/liancun serve

# The files with tests of a marker of pyproject.toml: to collect all the others takes ten seconds.
marked = $(shell grep -rl 'mark\.$(1)' tests --include='test_*.py')

test: .venv/dev                   ## everything: unit, property, integration, real browser; ARGS="-k word" for some
	sh tests/prepare.sh
	mkdir -p var
ifdef ARGS
	$(BIN)/python -m pytest $(ARGS)
else
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal -m "not measured and not waiting"
	$(BIN)/python -m pytest -m waiting $(call marked,waiting) >var/waiting.log 2>&1 & waiting=$$!; \
	trap 'kill $$waiting' INT TERM; \
	$(BIN)/python -m pytest -m measured $(call marked,measured); measured=$$?; \
	wait $$waiting; waited=$$?; cat var/waiting.log; test $$measured = 0 && test $$waited = 0
endif

check: .venv/dev                  ## lint, types, layering, browser code
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/house
	sh tests/web/check.sh

bench: .venv/dev                  ## measure against the budgets; tables and JSON under benchmarks/results/
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.join_storm

soak: .venv/dev                   ## half an hour of people coming and going; fails when the server grows
	$(BIN)/python -m benchmarks.soak $(ARGS)

year: .venv/dev                   ## a year of 461 branches and 12,000 members through the store, counted twice
	$(BIN)/python -m benchmarks.year $(ARGS)

fuzz: .venv/dev                   ## a million bent datagrams into the parsers and a live meeting
	$(BIN)/python -m benchmarks.hostile.fuzz $(ARGS)

flood: .venv/dev                  ## what floods from strangers cost somebody in a meeting
	$(BIN)/python -m benchmarks.hostile.flood $(ARGS)

lock: .venv/dev                   ## renew the pinned dependencies after a change of pyproject.toml
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
		--no-annotate pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
		--no-annotate --extra dev pyproject.toml -o requirements-dev.txt

clean:
	rm -rf .venv var node_modules tests/web/node_modules

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/runtime: requirements.txt pyproject.toml | .venv/bin/python
	$(PIP) -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

.venv/dev: requirements-dev.txt pyproject.toml | .venv/bin/python
	$(PIP) -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@
