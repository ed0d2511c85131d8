# make demo: set up what is missing and run the main job on sample_data/.  make test: set up and pass all tests.
# make setup-tests: also what only tests need, from lock files and by apt.  make fresh: both commands in a bare Debian 13 (root).
# make sbom: dist/sbom.cdx.json, what the lock file installs.  make bundle: dist/bundle, to install without a network
# (KEY=FILE signs it).  make bundle-check: installs it in a bare Debian with the network cut off (root).
.PHONY: setup setup-tests demo test check clean-demo fresh sbom bundle bundle-check

setup:
	@bash tools/setup.sh

setup-tests:
	@bash tools/setup.sh --tests

demo: setup
	@bash tools/demo.sh

test: setup-tests
	@bash tools/tests.sh

check: setup
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

clean-demo:
	rm -rf demo

fresh:
	@bash tools/fresh.sh

sbom: setup
	@.venv/bin/python tools/sbom.py dist/sbom.cdx.json

bundle: setup
	@bash tools/bundle/make.sh $(if $(KEY),--key $(KEY)) dist/bundle

bundle-check:
	@bash tools/bundle/check.sh dist/bundle
