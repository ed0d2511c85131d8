#!/usr/bin/env bash
# Brings what some tests need and the toolkit does not: a browser, node and npm, pdftotext (apt), and the packages of two
# lock files (npm). What cannot be had is named, and the tests that need it say at the end that they were skipped.
# Called by tools/setup.sh --tests. Safe to repeat: what is there already is left alone.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }
has() { command -v "$1" >/dev/null; }
has_browser() {
  for name in chromium chromium-browser google-chrome google-chrome-stable microsoft-edge msedge chrome; do
    if has "$name"; then return 0; fi
  done
  return 1
}

missing=()
has_browser || missing+=(chromium)
has node || missing+=(nodejs)
has npm || missing+=(npm)
has pdftotext || missing+=(poppler-utils)

sudo=()
if [ "$(id -u)" != 0 ]; then sudo=(sudo -n); fi
may_install() { has apt-get && { [ "$(id -u)" = 0 ] || { has sudo && sudo -n true 2>/dev/null; }; }; }

if [ ${#missing[@]} -gt 0 ] && ! may_install; then
  say "Some tests will be skipped. They need: ${missing[*]} (install them with apt-get, then run this again)."
elif [ ${#missing[@]} -gt 0 ]; then
  say "Installing for the tests: ${missing[*]}"
  log=$(mktemp)
  "${sudo[@]}" apt-get update -q >"$log" 2>&1 || say "apt-get update failed; trying with the existing lists."
  for package in "${missing[@]}"; do # one by one: a system without one of them still gets the others
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$package" >"$log" 2>&1 ||
      say "apt-get has no $package for this system; the tests that need it will be skipped."
  done
  rm -f "$log"
fi

for folder in tests/browser sample_data/.fonts; do
  stamp=$folder/node_modules/.made-from
  want=$(sha256sum <"$folder/package-lock.json" | cut -d' ' -f1)
  if [ "$(cat "$stamp" 2>/dev/null || true)" = "$want" ]; then continue; fi
  if has npm && (cd "$folder" && timeout 600 npm ci --silent) >&2; then printf '%s' "$want" >"$stamp"
  else say "npm did not install what $folder/package-lock.json lists; the tests that need it will be skipped."
  fi
done
