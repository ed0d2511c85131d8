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

(cd "$here" && sha256sum --quiet --strict -c SHA256SUMS >/dev/null 2>&1) ||
  fail "This bundle is not whole: a file is missing or altered. Copy it again." 5
own=$(sha256sum "$here/SHA256SUMS" | cut -d' ' -f1)
installed=$prefix/current/bin/digitize
if [ -n "$sum" ]; then
  [ "$sum" = "$own" ] || fail "The sum of this bundle is $own, not the one told: do not install it." 5
elif [ ! -x "$installed" ]; then
  say "The sum of this bundle is $own."
  say "Compare it with the one that its maker tells on another way (telephone, paper), then: ./install.sh --sum $own"
  exit 2
fi

# Before anything is run as root out of an update: the version there now says whether the bundle may be trusted.
if [ -x "$installed" ]; then "$prefix/current/bin/python" -c 'import sys
from pathlib import Path
from digitize.errors import UpdateRefused
from digitize.machine.installing import check_signature, open_bundle
try:
    check_signature(open_bundle(Path(sys.argv[1])), Path(sys.argv[2]))
except (UpdateRefused, OSError) as e:
    sys.exit(f"{e}")' "$here" "$prefix/trusted.pub"; fi

missing=()
while read -r name; do
  dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q ' installed$' || missing+=("$name")
done <"$here/debs/wanted"
if [ -n "$system" ] && [ ${#missing[@]} -gt 0 ]; then
  [ "$(id -u)" = 0 ] || fail "System packages are missing (${missing[*]}): run this as root, or --no-system."
  say "System packages ..."
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  chmod 755 "$work"
  ln -s "$here/debs" "$work/debs" # apt's lists know no blanks in a path
  mkdir -p "$work/lists/partial"
  # Trusted: its sums were compared above. Lists of its own: those of the system stay as they are.
  echo "deb [trusted=yes] file:$work/debs ./" >"$work/sources.list"
  alone=(-q -y -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=$work/lists" -o APT::Sandbox::User=root -o Acquire::Languages=none)
  export DEBIAN_FRONTEND=noninteractive
  { apt-get "${alone[@]}" update && apt-get "${alone[@]}" install --no-install-recommends "${missing[@]}"; } \
    >"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; fail "The system packages of the bundle do not install here."; }
fi

say "The toolkit ..."
if [ -x "$installed" ]; then
  "$installed" update apply "$here"
else
  name=$(PYTHONPATH=$(echo "$here"/wheels/cctns_digitize-*.whl) python3 -m digitize.machine.installing "$here" "$prefix")
  say "Installed: $name. The command is $prefix/bin/digitize"
  [ -f "$prefix/trusted.pub" ] || say "The bundle is not signed: put the key of later ones into $prefix/trusted.pub"
  "$prefix/bin/digitize" doctor || true
fi
