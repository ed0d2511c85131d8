#!/usr/bin/env bash
# All checks and tests (make setup-tests brings what they need). mypy runs beside the tests: without its cache it takes
# half a minute on one processor.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin

$bin/ruff check .
$bin/ruff format --check .
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
$bin/mypy >"$made/mypy" 2>&1 &
types=$!

# In memory where there is plenty, and the server that tests start as another user can reach it: ledgers wait for the disk
# at every step.
workers=$($bin/python tools/test_workers.py)
memory=$($bin/python tools/test_folder.py "$workers")
if [ -n "$memory" ]; then
  fast=$(mktemp -d "$memory/digitize-tests-XXXXXX")
  trap 'rm -rf "$made" "$fast"' EXIT
  chmod 755 "$fast"
  export TMPDIR=$fast
fi

failed=0
$bin/python -m pytest -n "$workers" --dist loadfile --no-loadscope-reorder -o tmp_path_retention_policy=failed "$@" || failed=$?
wait $types || failed=1
cat "$made/mypy"
exit $failed
