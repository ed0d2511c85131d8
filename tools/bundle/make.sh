#!/usr/bin/env bash
# Collects everything that an office without a network needs into one folder: the toolkit's wheel with its models, fonts and
# forms, the wheels of what it depends on as requirements.lock pins them, the system packages with all that they need, the
# samples, a bill of materials, checksums, and an installer. It serves the release of Debian or Ubuntu that it is made on.
#
#   tools/bundle/make.sh [--key FILE] [--python PYTHON] [--no-system] DIR
#
# --key: an Ed25519 key (PEM, as `digitize init` makes them) that signs the bundle; updates must be signed. --python: the
# Python of the offices; /usr/bin/python3 if not given, which the system packages bring. --no-system: no system packages.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
say() { printf '%s\n' "$*" >&2; }
fail() { say "$1"; exit "${2:-6}"; }

key="" python=/usr/bin/python3 system=yes out=""
while [ $# -gt 0 ]; do
  case $1 in
    --key) shift; key=${1:?--key needs a file} ;;
    --python) shift; python=${1:?--python needs a program} ;;
    --no-system) system="" ;;
    -*) fail "unknown option $1" 2 ;;
    *) out=$1 ;;
  esac
  shift
done
[ -n "$out" ] || fail "Give a folder: tools/bundle/make.sh DIR" 2
[ ! -e "$out" ] || [ -f "$out/manifest.json" ] || fail "$out exists and is not a bundle: give another folder" 2
"$python" -c 'import sys, venv, ensurepip; sys.exit(not ((3, 11) <= sys.version_info < (3, 14)))' ||
  fail "$python: Python 3.11 to 3.13 with venv is needed"
[ -z "$system" ] || command -v apt-get >/dev/null || fail "System packages need apt-get; to leave them out: --no-system"

mkdir -p "$(dirname "$out")"
work=$(mktemp -d "$(dirname "$out")/.bundle.XXXXXX") # beside it: the finished folder is moved there at once
trap 'rm -rf "$work"' EXIT
made=$work/made
mkdir -p "$made/wheels"

say "The toolkit ..."
(cd "$root" && .venv/bin/python -m hatchling build -t wheel -d "$made/wheels" >/dev/null)
wheel=$(echo "$made"/wheels/cctns_digitize-*.whl)

say "Dependencies, for $("$python" --version) ..."
"$python" -m venv "$work/venv"
pip() { "$work/venv/bin/python" -m pip --disable-pip-version-check "$@"; }
"$work/venv/bin/python" "$root/tools/needed_lock.py" "$root/requirements.lock" "$wheel" >"$made/requirements.lock"
pip download -q --no-deps --require-hashes -d "$made/wheels" -r "$made/requirements.lock"
for source in "$made"/wheels/*.tar.gz; do # what has no wheel is built here, and pinned by what was built
  [ -e "$source" ] || continue
  rm -rf "$work/built"
  pip wheel -q --no-deps -w "$work/built" "$source"
  "$python" "$root/tools/needed_lock.py" --pin "$made/requirements.lock" "$work"/built/*.whl
  mv "$work"/built/*.whl "$made/wheels/"
  rm "$source"
done

mkdir -p "$made/debs"
: >"$made/debs/wanted"
if [ -n "$system" ]; then
  say "System packages ..."
  bash "$root/tools/setup.sh" --system-packages >"$made/debs/wanted"
  mkdir -p "$work/apt/archives/partial"
  : >"$work/apt/status" # as if nothing were installed: an office's machine may lack what this one has
  # Read and written by this user alone, so without the sandbox that apt puts downloads into.
  # shellcheck disable=SC2046
  apt-get -q -y -o APT::Sandbox::User=root -o Dir::State::status="$work/apt/status" -o Debug::NoLocking=1 \
    -o Dir::Cache::archives="$work/apt/archives" --no-install-recommends --download-only \
    install $(cat "$made/debs/wanted") >"$work/apt.log" 2>&1 || { tail -n 20 "$work/apt.log" >&2; fail "apt-get failed"; }
  mv "$work"/apt/archives/*.deb "$made/debs/"
  (cd "$made/debs" && for file in *.deb; do
    dpkg-deb -f "$file"
    printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "$file" "$(stat -c %s "$file")" "$(sha256sum "$file" | cut -d' ' -f1)"
  done) >"$made/debs/Packages"
fi

say "Samples, bill of materials, installer ..."
mkdir -p "$made/tools"
(cd "$root" && git ls-files -z sample_data | grep -zv '\.py$' | xargs -0 cp --parents -t "$made")
cp "$root/tools/demo.sh" "$made/tools/"
cp "$root/tools/bundle/install.sh" "$root/LICENSE" "$root/NOTICE" "$root/README.md" "$made/"
cp -r "$root/docs" "$made/docs"
(cd "$root" && .venv/bin/python tools/sbom.py "$made/sbom.cdx.json" "$made/requirements.lock" >/dev/null)
chmod 755 "$made/install.sh"

(cd "$root" && .venv/bin/python tools/bundle/seal.py "$made" "$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')" "$key")
rm -rf "$out"
mv "$made" "$out"
say "$out: $(du -sh "$out" | cut -f1). Install it: $out/install.sh"
say "Its checksum, to compare at the office: $(sha256sum "$out/SHA256SUMS" | cut -d' ' -f1)"
