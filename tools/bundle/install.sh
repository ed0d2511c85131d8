#!/usr/bin/env bash
# Installs the toolkit from this folder, without a network. Where it is installed already, this is an update: the bundle must
# be signed by a key that the office trusts, and the version there now stays for `digitize update rollback`.
#
#   ./install.sh [--prefix DIR] [--sum HEX] [--no-system]
#
# --prefix: where to; /opt/cctns-digitize if not given. --sum: the sum that whoever made the bundle told on another way; asked
# for at the first installation, when there is no key yet to trust. --no-system: system packages are left alone.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
say() { printf '%s\n' "$*" >&2; }
fail() { say "$1"; exit "${2:-6}"; }

prefix=/opt/cctns-digitize sum="" system=yes
while [ $# -gt 0 ]; do
  case $1 in
    --prefix) shift; prefix=${1:?--prefix needs a folder} ;;
    --sum) shift; sum=${1:?--sum needs the sum} ;;
    --no-system) system="" ;;
    *) fail "unknown option $1" 2 ;;
  esac
  shift
done

# All is compared against this copy, and what is run as root comes out of copies in here: the folder may be written by others.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/SHA256SUMS" "$work/SHA256SUMS"
(cd "$here" && sha256sum --quiet --strict -c "$work/SHA256SUMS" >/dev/null 2>&1) ||
  fail "This bundle is incomplete: a file is missing or altered. Copy it again." 5
own=$(sha256sum "$work/SHA256SUMS" | cut -d' ' -f1)
take() { # take WHAT: files of the bundle under a name, copied and compared there
  grep "^[0-9a-f]*  $1" "$work/SHA256SUMS" >"$work/taken" || fail "This bundle has no $1." 5
  cut -c67- "$work/taken" | while read -r name; do
    mkdir -p "$work/$(dirname "$name")"
    cp "$here/$name" "$work/$name"
  done
  (cd "$work" && sha256sum --quiet --strict -c taken >/dev/null 2>&1) || fail "This bundle was altered during the installation: $1" 5
}
installed=$prefix/current/bin/digitize
if [ -n "$sum" ]; then
  [ "$sum" = "$own" ] || fail "The checksum of this bundle is $own, not the one given: do not install it." 5
elif [ ! -x "$installed" ]; then
  say "The checksum of this bundle is $own."
  say "Ask whoever made the bundle for its checksum (by telephone or on paper) and compare, then: ./install.sh --sum $own"
  exit 2
fi

# Before anything is run as root out of an update: the version there now says whether the bundle may be trusted.
# -I: what lies in the folder where this was called, often the bundle itself, is not what is imported.
if [ -x "$installed" ]; then "$prefix/current/bin/python" -I -c 'import sys
from pathlib import Path
from digitize.errors import UpdateRefused
from digitize.machine.installing import check_signature, open_bundle
try:
    bundle = open_bundle(Path(sys.argv[1]))
    check_signature(bundle, Path(sys.argv[2]))
    if bundle.name.rpartition("-")[2] != sys.argv[3][:12]:
        raise UpdateRefused("This bundle was altered just now.")
except (UpdateRefused, OSError) as e:
    sys.exit(f"{e}")' "$here" "$prefix/trusted.pub" "$own"; fi

take debs/wanted
missing=()
while read -r name; do
  dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q ' installed$' || missing+=("$name")
done <"$work/debs/wanted"
if [ -n "$system" ] && [ ${#missing[@]} -gt 0 ]; then
  [ "$(id -u)" = 0 ] || fail "System packages are missing (${missing[*]}): run this as root, or with --no-system."
  say "System packages ..."
  take debs/ # also, apt's lists know no blanks in a path
  chmod 755 "$work"
  mkdir -p "$work/lists/partial"
  # Trusted: its sums were compared above. Lists of its own: those of the system stay as they are.
  echo "deb [trusted=yes] file:$work/debs ./" >"$work/sources.list"
  alone=(-q -y -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=$work/lists" -o APT::Sandbox::User=root -o Acquire::Languages=none)
  export DEBIAN_FRONTEND=noninteractive
  { apt-get "${alone[@]}" update && apt-get "${alone[@]}" install --no-install-recommends "${missing[@]}"; } \
    >"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; fail "The system packages of the bundle cannot be installed here."; }
fi

say "The toolkit ..."
if [ -x "$installed" ]; then
  "$installed" update apply "$here"
else
  take wheels/cctns_digitize-
  # -P: only the wheel that was compared is run, not what lies in the folder where this was called.
  name=$(PYTHONPATH=$(echo "$work"/wheels/cctns_digitize-*.whl) \
    python3 -P -m digitize.machine.installing "$here" "$prefix" "$own")
  say "Installed: $name. The command is $prefix/bin/digitize"
  [ -f "$prefix/trusted.pub" ] || say "The bundle is not signed: put the key for later bundles into $prefix/trusted.pub"
  "$prefix/bin/digitize" doctor || true
fi
