# make demo: set up what is missing and run the main job on sample_data/.  make test: set up and pass all tests.
.PHONY: setup setup-tests demo test check clean-demo

setup:
	@bash tools/setup.sh

setup-tests:
	@bash tools/setup.sh --tests

demo: setup
	@bash tools/demo.sh

test: setup-tests check
	@.venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: setup
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

clean-demo:
	rm -rf demo
