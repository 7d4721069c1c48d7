PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test bench bench-peers lock clean
.DELETE_ON_ERROR:

demo: .venv/.ready            ## five departments of a simulated city, pulled, judged, and checked against what was planted
	$(BIN)/hub demo

test: .venv/.ready            ## lint, types, import contracts and every test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n auto

bench: .venv/.ready           ## the Hub beside the limit of the database, in one run
	$(BIN)/python -m compileall -q hub  # as an installed one is, whatever PYTHONDONTWRITEBYTECODE says
	$(BIN)/python -m bench

bench-peers: .venv/.ready .bench-venv/.ready  ## the Hub beside other loaders, which get a venv of their own
	$(BIN)/python -m bench.peers

docs/fields.md docs/fields.zh-CN.md: hub/model/kinds.py hub/model/reference.py | .venv/.ready
	$(BIN)/python -c 'from hub.model.reference import field_reference as f; print(f("$(if $(findstring zh,$@),zh,en)"), end="")' > $@

lock:                         ## the pinned, hashed dependencies (needs uv)
	uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-header -o requirements.lock
	cd bench && uv pip compile peers.in --universal --python-version 3.11 --generate-hashes --no-header -o peers.lock

.bench-venv/.ready: bench/peers.lock
	test -x .bench-venv/bin/python || $(PYTHON) -m venv .bench-venv
	.bench-venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bench/peers.lock
	touch $@

.venv/.ready: requirements.lock pyproject.toml $(wildcard hub/locale/*/LC_MESSAGES/*.po)
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/pybabel --quiet compile -d hub/locale -D hub 2>/dev/null
	$(BIN)/python -m compileall -q hub
	touch $@

clean:
	rm -rf .venv .bench-venv var
