#!/usr/bin/env bash
# Fetches what words of Devanagari and Bengali are drawn with into a folder: fonts by npm and apt, and torch.
#   bash training/words/setup.sh SOURCES
set -euo pipefail
mkdir -p "$1" && cd "$1"

[[ -d env ]] || python3 -m venv env
env/bin/pip install -q "torch<2.14" numpy pillow opencv-python-headless onnx onnxruntime rapidfuzz pydantic

# All OFL-1.1. None is delivered.
mkdir -p packages fonts/deva fonts/beng fonts/signs
for name in alkatra@5.2.8 amiko@5.2.6 amita@5.2.8 anek-bangla@5.0.18 anek-devanagari@5.3.0 arya@5.3.0 atma@5.3.0 \
  baloo-2@5.3.0 baloo-da-2@5.3.0 dekko@5.3.0 galada@5.2.8 gotu@5.3.0 halant@5.3.0 hind@5.3.0 hind-siliguri@5.3.0 \
  jaini@5.3.0 kalam@5.3.0 karma@5.1.0 khand@5.3.0 kurale@5.3.0 laila@5.3.0 martel@5.3.0 mina@5.3.0 mukta@5.3.0 \
  noto-sans-bengali@5.3.0 noto-sans-devanagari@5.3.0 noto-serif-bengali@5.3.0 noto-serif-devanagari@5.3.0 \
  playpen-sans-deva@5.3.0 ranga@5.2.7 sahitya@5.3.0 sarala@5.0.20 sumana@5.3.0 tillana@5.2.8 tiro-bangla@5.3.0 \
  tiro-devanagari-hindi@5.3.0 yantramanav@5.3.0 yatra-one@5.3.0 patrick-hand@5.3.0 caveat@5.3.0 nanum-pen-script@5.3.0 \
  reenie-beanie@5.3.0; do
  file=packages/fontsource-${name/@/-}.tgz
  [[ -f $file ]] || (cd packages && npm pack "@fontsource/$name" --silent)
  mkdir -p "${file%.tgz}" && tar xzf "$file" -C "${file%.tgz}" --wildcards "*-normal.woff2"
done
for file in packages/*/package/files/*-normal.woff2; do
  name=$(basename "$file" -normal.woff2)
  case $name in
    *-devanagari-[0-9]*) cp "$file" "fonts/deva/${name/-devanagari-[0-9]*/}-${name##*-}.woff2" ;;
    *-bengali-[0-9]*) cp "$file" "fonts/beng/${name/-bengali-[0-9]*/}-${name##*-}.woff2" ;;
    patrick-hand-latin-400 | caveat-latin-400 | nanum-pen-script-latin-400 | reenie-beanie-latin-400 | kalam-latin-400)
      cp "$file" fonts/signs/ ;;
  esac
done

for name in fonts-lohit-deva fonts-lohit-deva-marathi fonts-lohit-deva-nepali fonts-lohit-beng-bengali \
  fonts-lohit-beng-assamese fonts-sil-annapurna fonts-noto-core; do
  ls "$name"_*.deb > /dev/null 2>&1 || apt-get download -q "$name"
done
for file in *.deb; do dpkg -x "$file" deb; done
find deb -name "Lohit-Devanagari.ttf" -o -name "Lohit-Marathi.ttf" -o -name "Lohit-Nepali.ttf" \
  -o -name "AnnapurnaSIL-Regular.ttf" | xargs -I{} cp {} fonts/deva/
find deb -name "Lohit-Bengali.ttf" -o -name "Lohit-Assamese.ttf" | xargs -I{} cp {} fonts/beng/
for style in Sans Serif; do
  cp "$(find deb -name "Noto${style}Devanagari-Regular.ttf")" "fonts/deva/print-${style,,}.ttf"
  cp "$(find deb -name "Noto${style}Bengali-Regular.ttf")" "fonts/beng/print-${style,,}.ttf"
done
