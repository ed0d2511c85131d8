#!/usr/bin/env bash
# The main job on the invented samples: a workspace for one state, a batch of forms and a legacy table, two registers, to records.
# Safe to repeat: a second run finds everything done and says so.
set -euo pipefail
cd "$(dirname "$0")/.."
digitize=${DIGITIZE:-.venv/bin/digitize}
folder=${DEMO_DIR:-demo}

run() { printf '\n$ digitize %s\n' "$*"; $digitize "$@"; }

if [ ! -f "$folder/digitize.toml" ]; then
  run init wb "$folder" --site sample
  cp sample_data/stations.csv "$folder/lists/"
  cp sample_data/forms/* "$folder/forms/"
  cp sample_data/calibration.toml "$folder/"
fi
run intake "$folder" sample_data/fir_book_2025 sample_data/legacy/FIRMAST.DBF
run intake "$folder" sample_data/registers/reg_gd_* sample_data/registers/reg_vcnb_*
run intake "$folder" sample_data/fir_sheets/en_2020_301.tif sample_data/case_forms/iif*_en_*
run run "$folder"
run status "$folder"
printf '\nThe loaded file: %s\n' "$folder/loaded/cctns.sqlite"
printf 'Next: .venv/bin/digitize review export %s\n' "$folder"
