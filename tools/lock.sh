#!/usr/bin/env bash
# Renews requirements.lock from pyproject.toml: names, versions and hashes for Python 3.11 to 3.13 on every platform.
# Needs uv (any way of installing it will do). Run by hand when a dependency changes; setup never calls it.
set -euo pipefail
cd "$(dirname "$0")/.."
${UV:-uv} pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-annotate --no-header --override tools/lock-overrides.txt -o requirements.lock "$@"
