#!/usr/bin/env bash
# Fetches the fonts that digits are drawn from, by apt and npm, and an environment for torch, into a folder.
#   bash training/digits/setup.sh SOURCES
set -euo pipefail
mkdir -p "$1" && cd "$1"

python3 -m venv env
env/bin/pip install -q "torch<2.14" numpy pillow opencv-python-headless onnx onnxruntime rapidfuzz pydantic

# Noto, Lohit, Annapurna, Vijayam, Yrsa and Rasa: OFL-1.1. The others are under the GPL, versions 2 and 3, most with the
# font exception. None is delivered; of each only middle lines and shapes of digits are taken.
apt-get download -q fonts-noto-core fonts-aksharyogini2 fonts-beng-extra fonts-deva-extra fonts-gargi fonts-gubbi \
  fonts-gujr-extra fonts-guru-extra fonts-kalapi fonts-lohit-beng-assamese fonts-lohit-beng-bengali fonts-lohit-deva \
  fonts-lohit-deva-marathi fonts-lohit-deva-nepali fonts-lohit-gujr fonts-lohit-guru fonts-lohit-knda \
  fonts-lohit-mlym fonts-lohit-orya fonts-lohit-taml fonts-lohit-telu fonts-nakula fonts-navilu fonts-orya-extra \
  fonts-sahadeva fonts-samyak-deva fonts-samyak-gujr fonts-samyak-orya fonts-samyak-taml fonts-sarai \
  fonts-sil-annapurna fonts-smc-chilanka fonts-smc-karumbi fonts-smc-gayathri fonts-smc-manjari fonts-smc-uroob \
  fonts-smc-dyuthi fonts-telu-extra fonts-teluguvijayam fonts-yrsa-rasa
for file in *.deb; do dpkg -x "$file" deb; done

# OFL-1.1.
mkdir -p packages fonts
for name in kalam halant karma mukta martel inknut-antiqua baloo-2 yantramanav hind-siliguri farsan rasa \
  hind-vadodara baloo-bhai-2 shrikhand catamaran coiny chilanka; do
  (cd packages && npm pack "@fontsource/$name@5" --silent)
done
for file in packages/*.tgz; do mkdir -p "${file%.tgz}" && tar xzf "$file" -C "${file%.tgz}"; done

# One light and one regular of each family: of bold ones the middle lines are stumps.
find deb packages \( -name "*.ttf" -o -name "*.otf" -o -name "*-[34]00-normal.woff2" \) ! -name "*Bold*" \
  ! -name "*Italic*" ! -name "LakkiReddy*" ! -name "dhurjati*" | while read -r path; do
  [[ $path != *Noto* || $path =~ -(Regular|Light|Condensed|ExtraCondensedLight)\. ]] && cp "$path" fonts/
done
