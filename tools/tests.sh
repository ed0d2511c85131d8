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

# In memory where there is plenty: ledgers wait for the disk at every step.
room_gb=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 {print int($4 / 1048576)}' || echo 0)
spare_gb=$(awk '/^MemAvailable/ {print int($2 / 1048576)}' /proc/meminfo 2>/dev/null || echo 0)
workers=$($bin/python tools/test_workers.py)
if [ "${room_gb:-0}" -ge 8 ] && [ "${spare_gb:-0}" -ge $((2 * workers + 8)) ]; then
  fast=$(mktemp -d /dev/shm/digitize-tests-XXXXXX)
  trap 'rm -rf "$made" "$fast"' EXIT
  # A server that tests start runs as another user.
  chmod 755 "$fast"
  # Some tests begin programs that they write; not every machine lets what lies in memory be run.
  printf '#!/bin/sh\n' >"$fast/runs" && chmod 755 "$fast/runs"
  if "$fast/runs" 2>/dev/null; then export TMPDIR=$fast; fi
fi

failed=0
$bin/python -m pytest -n "$workers" --dist loadfile --no-loadscope-reorder -o tmp_path_retention_policy=failed "$@" || failed=$?
wait $types || failed=1
cat "$made/mypy"
exit $failed
