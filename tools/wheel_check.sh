#!/usr/bin/env bash
# Builds the wheel and tries it where nothing of the checkout is at hand: in a fresh environment of the newest supported
# Python on this machine, with the locked versions of what it depends on, checked by hash, and nothing that only tests need.
# Runs --help, doctor, and one page from intake to status. PYTHON names another Python. Needs what `make setup` brings.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)

say() { printf '\n== %s\n' "$*"; }
newest_python() {
  for name in "${PYTHON:-}" python3.13 /usr/bin/python3.13 python3.12 /usr/bin/python3.12 python3.11 python3; do
    [ -n "$name" ] || continue
    if "$name" -c 'import sys, venv, ensurepip; sys.exit(not ((3, 11) <= sys.version_info < (3, 14)))' 2>/dev/null; then
      command -v "$name"; return 0
    fi
  done
  return 1
}

python=$(newest_python) || { echo "Python 3.11 to 3.13 is needed, with venv." >&2; exit 6; }
work=$(mktemp -d "${TMPDIR:-/tmp}/digitize-wheel.XXXXXX")
trap 'rm -rf "$work"' EXIT

say "wheel"
(cd "$root" && .venv/bin/python -m hatchling build -t wheel -d "$work")
wheel=$(echo "$work"/*.whl)

say "environment of $("$python" --version)"
"$python" -m venv "$work/venv"
pip() { "$work/venv/bin/python" -m pip --disable-pip-version-check "$@"; }
# What the wheel asks for, and what that brings, in the locked versions; exactly these are installed, by hash.
"$work/venv/bin/python" "$root/tools/needed_lock.py" "$root/requirements.lock" "$wheel" >"$work/needed.lock"
pip install -q --require-hashes --no-deps -r "$work/needed.lock"
pip install -q --no-deps "$wheel"
pip check

cd "$work"
unset PYTHONPATH # what is tried is what was installed
digitize() { printf '$ digitize %s\n' "$*"; "$work/venv/bin/digitize" "$@"; }
say "digitize --help"
digitize --help | head -n 12
say "digitize doctor"
digitize doctor
say "one page"
digitize init wb one --site sample
cp "$root/sample_data/stations.csv" one/lists/
page=$(find "$root/sample_data/fir_book_2025" -name 'en_*' | sort | head -n 1)
digitize intake one "$page"
digitize run one
digitize status one
"$work/venv/bin/digitize" status one --json | "$python" -c 'import json, sys
t = json.load(sys.stdin)["totals"]
sys.exit(0 if t["pages_read"] == t["pages"] > 0 and t["records"] > 0 else f"the page was not read: {t}")'
say "the wheel works with $("$python" --version)"
