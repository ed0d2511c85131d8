#!/usr/bin/env bash
# Tries both commands as a newcomer would: makes a bare Debian 13 in a folder of its own (git, make and certificates, nothing
# else), clones the commit checked out here into it, and runs `make demo`, then `make test` there, with that Debian's Python.
# Needs root and debootstrap. Mirror, proxy and certificates are this machine's own; npm's and pip's settings come along.
#
#   tools/fresh.sh [--keep] [--only TARGET] [DIR]
#
# DIR: the folder to make it in, which must not exist or be one that an earlier call kept; a temporary one if not given.
# --keep: leave the folder behind, to look at it. --only: run one target of the Makefile, such as test.
# FRESH_MIRROR names another mirror, FRESH_SUITE another release than trixie.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
suite=${FRESH_SUITE:-trixie}

say() { printf '%s\n' "$*" >&2; }
fail() { say "$1"; exit "${2:-6}"; }

keep="" dir="" steps=(demo test)
while [ $# -gt 0 ]; do
  case $1 in
    --keep) keep=yes ;;
    --only) shift; steps=("${1:?--only needs a target}") ;;
    -*) fail "unknown option $1" 2 ;;
    *) dir=$1 ;;
  esac
  shift
done
[ "$(id -u)" = 0 ] || fail "Only root can create and enter a bare system: sudo tools/fresh.sh"
command -v debootstrap >/dev/null || fail "debootstrap is missing: apt-get install debootstrap"

# This machine's own sources of the release, whatever files and formats they stand in; others (older ones, folders) stay out.
sources() { apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
  awk -v s="$suite" '($2 == s || index($2, s "-") == 1) && $1 !~ /^(file|copy|cdrom):/' | sort -u; }
mirror=${FRESH_MIRROR:-$(sources | awk -v s="$suite" '$2 == s { print $1; exit }')}
[ -n "$mirror" ] || fail "This machine's sources name no mirror of $suite: set FRESH_MIRROR"

[ -n "$dir" ] || dir=$(mktemp -d "${TMPDIR:-/tmp}/fresh.XXXXXX")
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
mounted=()
end_all() { # what was started in there and still runs: its root is the folder
  for process in /proc/[0-9]*; do
    if [ "$(readlink "$process/root" 2>/dev/null)" = "$dir" ]; then kill -KILL "${process#/proc/}" 2>/dev/null || true; fi
  done
}
clean_up() {
  code=$?
  trap - EXIT INT TERM
  end_all
  for ((i = ${#mounted[@]} - 1; i >= 0; i--)); do umount "${mounted[i]}" 2>/dev/null || umount -l "${mounted[i]}"; done
  if [ -n "$keep" ]; then say "Kept: $dir"
  # Never across a mount that would not go: it is the machine's own /dev or /proc.
  elif ! grep -q " $dir/" /proc/self/mounts; then rm -rf --one-file-system "$dir"
  else say "Something is still mounted below $dir; unmount it, then remove the folder."
  fi
  exit "$code"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

seconds() { printf '%d:%02d' $((($(date +%s) - $1) / 60)) $((($(date +%s) - $1) % 60)); }
begun=$(date +%s)
if [ ! -x "$dir/usr/bin/make" ]; then
  say "Making a bare $suite in $dir ..."
  debootstrap --variant=minbase --include=git,make,ca-certificates "$suite" "$dir" "$mirror" >"$dir.log" 2>&1 ||
    { tail -n 20 "$dir.log" >&2; fail "debootstrap failed; see $dir.log" 1; }
  rm -f "$dir.log"
fi
say "$(cat "$dir/etc/debian_version"): made in $(seconds "$begun")"

mount_in() { mkdir -p "$dir/${*: -1}"; mount "${@:1:$#-1}" "$dir/${*: -1}"; mounted+=("$dir/${*: -1}"); }
mount_in -t proc proc proc
mount_in -t sysfs sysfs sys
mount_in --bind /dev dev
mount_in --bind /dev/pts dev/pts
mount_in -t tmpfs -o mode=1777 tmpfs dev/shm

# How this machine reaches the network: names, proxies, certificates, and the settings of apt, pip and npm.
cp -L /etc/resolv.conf /etc/hosts "$dir/etc/"
printf 'exit 101\n' | install -m 755 /dev/stdin "$dir/usr/sbin/policy-rc.d" # no service is started in here
sources | awk '{ print "deb", $1, $2, $3 }' >"$dir/etc/apt/sources.list"
apt-config dump | grep -E '^Acquire::((http|https)::|Check-)' >"$dir/etc/apt/apt.conf.d/99host" || true
cp -r /usr/local/share/ca-certificates/. "$dir/usr/local/share/ca-certificates/" 2>/dev/null || true
chroot "$dir" update-ca-certificates >/dev/null 2>&1
for file in /etc/pip.conf /etc/npmrc; do if [ -f "$file" ]; then cp "$file" "$dir$file"; fi; done
for file in .config/pip/pip.conf .pip/pip.conf .npmrc; do
  if [ -f "${HOME:-/root}/$file" ]; then install -D -m 600 "${HOME:-/root}/$file" "$dir/root/$file"; fi
done
passed=()
while IFS='=' read -r name _; do
  case $name in
    http_proxy | https_proxy | no_proxy | HTTP_PROXY | HTTPS_PROXY | NO_PROXY | PIP_* | npm_config_* | NODE_EXTRA_CA_CERTS | \
      SSL_CERT_FILE | SSL_CERT_DIR | REQUESTS_CA_BUNDLE) passed+=("$name=${!name}") ;;
  esac
done < <(env)

commit=$(git -C "$root" rev-parse HEAD)
[ -z "$(git -C "$root" status --porcelain --untracked-files=no)" ] || say "Only committed files are tested: $commit"
if [ ! -d "$dir/root/checkout" ]; then git clone -q --no-local "$root" "$dir/root/checkout"; fi
git -C "$dir/root/checkout" fetch -q "$root" "$commit"
git -C "$dir/root/checkout" checkout -q --detach "$commit"

code=0
for step in "${steps[@]}"; do
  say "make $step ..."
  begun=$(date +%s)
  log=$dir/root/$step.log
  chroot "$dir" env -i HOME=/root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    "${passed[@]}" make -C /root/checkout "$step" >"$log" 2>&1 </dev/null &
  wait $! || code=$? # waited for in this way, an interrupt is heeded at once
  tail -n 25 "$log"
  say "make $step: exit $code after $(seconds "$begun"), $(chroot "$dir" python3 --version 2>/dev/null || echo "no Python yet")"
  [ "$code" = 0 ] || break
done
exit "$code"
