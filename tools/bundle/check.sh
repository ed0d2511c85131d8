#!/usr/bin/env bash
# Installs a bundle as an office would: in a bare Debian (made in a temporary folder) whose network is cut off, then runs the
# demo's main job there. Then the same bundle, signed and sealed anew as a newer one, replaces it, and it goes back.
# Needs root and debootstrap. Exit 0: all of it works.
#
#   tools/bundle/check.sh [--keep] BUNDLE
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
say() { printf '%s\n' "$*" >&2; }
fail() { say "$1"; exit "${2:-6}"; }

if [ "${1:-}" = --keep ]; then keep=yes; shift; else keep=""; fi
bundle=$(cd "${1:?Say which bundle}" && pwd)
[ "$(id -u)" = 0 ] || fail "Only root can create and enter a bare system"
command -v debootstrap >/dev/null || fail "debootstrap is missing: apt-get install debootstrap"
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
mirror=${FRESH_MIRROR:-$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
  awk -v s="$suite" '$2 == s && $1 !~ /^(file|copy|cdrom):/ { print $1; exit }')}

dir=$(mktemp -d "${TMPDIR:-/tmp}/bundle-check.XXXXXX")
# Mounts are made in a namespace of their own and end with it, so nothing of the machine's lies below the folder.
trap 'if [ -n "$keep" ]; then say "Kept: $dir"; else rm -rf --one-file-system "$dir"; fi' EXIT
say "Making a bare $suite ..."
debootstrap --variant=minbase "$suite" "$dir/system" "$mirror" >"$dir/log" 2>&1 || { tail -n 20 "$dir/log" >&2; exit 1; }
cp -r "$bundle" "$dir/system/root/bundle"
say "Sealing it again as a newer bundle ..."
cp -r "$bundle" "$dir/system/root/newer"
rm -f "$dir/system/root/newer/SHA256SUMS.sig"
"$root/.venv/bin/python" -c 'import sys; from pathlib import Path; from digitize.machine.signing import create_key
create_key(Path(sys.argv[1]))' "$dir/key.pem"
(cd "$root" && .venv/bin/python tools/bundle/seal.py "$dir/system/root/newer" \
  "$(sed -n 's/.*"python": "\(.*\)".*/\1/p' "$bundle/manifest.json")" "$dir/key.pem")
cp "$dir/key.pub" "$dir/system/root/key.pub"
sum=$(sha256sum "$bundle/SHA256SUMS" | cut -d' ' -f1)

cat >"$dir/system/root/try.sh" <<SH
set -euo pipefail
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8
[ "\$(cut -d: -f1 /proc/net/dev | tail -n +3 | tr -d ' \n')" = lo ] # no network but the machine's own
/root/bundle/install.sh || [ \$? = 2 ] # refuses while nobody has compared the sum
/root/bundle/install.sh --sum $sum
digitize=/opt/cctns-digitize/bin/digitize
echo "== demo"
DIGITIZE=\$digitize DEMO_DIR=/root/demo bash /root/bundle/tools/demo.sh
\$digitize status /root/demo --json >/root/status.json
echo "== update"
! /root/newer/install.sh 2>/root/refused # signed by a key that this office does not trust
cat /root/refused
cat /root/key.pub >>/opt/cctns-digitize/trusted.pub
/root/newer/install.sh
\$digitize update list
\$digitize update rollback
\$digitize update list
SH
begun=$(date +%s)
unshare -n -m bash -euo pipefail -c 'mount -t proc proc "$0/proc"; mount --bind /dev "$0/dev"
  mount -t tmpfs -o mode=1777 tmpfs "$0/dev/shm"; chroot "$0" bash /root/try.sh' "$dir/system" </dev/null
say "Installed without a network, ran the main job, updated and rolled back: $(($(date +%s) - begun)) s"
grep -o '"loaded": *[0-9]*' "$dir/system/root/status.json" | head -n 1 >&2
