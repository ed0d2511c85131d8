#!/usr/bin/env bash
# Makes the environment: system packages (apt, when they are missing and root or sudo is at hand), then .venv from
# requirements.lock. Safe to repeat: what is there already is left alone. --tests: also what only the tests need: a
# PostgreSQL server that they start for themselves, a browser, and packages of npm from lock files (tools/test_needs.sh).
# --system-packages: only print the names of all system packages that the toolkit needs, for a bundle.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }

find_python() {
  for name in "${PYTHON:-}" python3 python3.13 python3.12 python3.11; do
    [ -n "$name" ] || continue
    if "$name" -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info < (3, 14)))' 2>/dev/null; then
      command -v "$name"; return 0
    fi
  done
  return 1
}

languages="eng hin mar ben asm tam tel kan mal guj pan ori urd osd"
scripts="deva:Devanagari beng:Bengali taml:Tamil telu:Telugu knda:Kannada mlym:Malayalam gujr:Gujarati guru:Gurmukhi
 orya:Oriya arab:Arabic"
if [ "${1:-}" = --system-packages ]; then
  printf '%s\n' python3 python3-venv tesseract-ocr mdbtools libgl1 libglib2.0-0
  for code in $languages; do echo "tesseract-ocr-$code"; done
  for pair in $scripts; do echo "tesseract-ocr-script-${pair%:*}"; done
  exit 0
fi

missing=()
need() { missing+=("$@"); }

python=$(find_python || true)
if [ -z "$python" ]; then need python3 python3-venv
elif ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then need python3-venv; fi
if command -v tesseract >/dev/null; then have=$(tesseract --list-langs 2>/dev/null || true)
else need tesseract-ocr; have=""; fi
for code in $languages; do
  printf '%s\n' "$have" | grep -qx "$code" || need "tesseract-ocr-$code"
done
for pair in $scripts; do # asked for a second opinion; some systems keep them in a folder script/
  printf '%s\n' "$have" | grep -qxE "(script/)?${pair#*:}" || need "tesseract-ocr-script-${pair%:*}"
done
if ! command -v mdb-export >/dev/null; then need mdbtools; fi
if ! ldconfig -p 2>/dev/null | grep -q 'libGL\.so\.1'; then need libgl1; fi
if ! ldconfig -p 2>/dev/null | grep -q 'libglib-2\.0\.so\.0'; then need libglib2.0-0; fi
if [ "${1:-}" = --tests ] && [ -z "${DIGITIZE_TEST_PG:-}" ] && ! command -v initdb >/dev/null &&
  ! ls /usr/lib/postgresql/*/bin/initdb /usr/pgsql-*/bin/initdb >/dev/null 2>&1; then need postgresql; fi

if [ ${#missing[@]} -gt 0 ]; then
  command="apt-get install -y --no-install-recommends ${missing[*]}"
  if ! command -v apt-get >/dev/null; then
    say "Missing on this machine: ${missing[*]}"; say "Install them with your system's package manager, then run this again."; exit 6
  elif [ "$(id -u)" = 0 ]; then sudo=""
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo="sudo"
  else say "Missing on this machine: ${missing[*]}"; say "Install them, then run this again:"; say "  sudo $command"; exit 6
  fi
  say "Installing: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  log=$(mktemp)
  if ! { $sudo apt-get update -q && $sudo env DEBIAN_FRONTEND=noninteractive $command; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    say "apt-get could not install them. Correct the problem above, then run: sudo $command"; exit 6
  fi
  if ! python=$(find_python); then # a system whose own Python is too old may have a newer one beside it
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3.11 python3.11-venv \
      >>"$log" 2>&1 || true
    python=$(find_python) || { say "Python 3.11 to 3.13 is needed, but apt did not install it."; exit 6; }
  fi
  rm -f "$log"
fi

stamp=.venv/.made-from
want=$(cat requirements.lock pyproject.toml | sha256sum | cut -d' ' -f1)
if [ "$(cat "$stamp" 2>/dev/null || true)" != "$want" ]; then
  say "Making .venv with $("$python" --version) ..."
  if ! .venv/bin/python -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info < (3, 14)))' 2>/dev/null; then
    rm -rf .venv; "$python" -m venv .venv
  fi
  .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
  .venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
  printf '%s' "$want" >"$stamp"
fi

if [ "${1:-}" = --tests ]; then bash tools/test_needs.sh; fi
