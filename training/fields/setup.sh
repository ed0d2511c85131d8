#!/usr/bin/env bash
# Fetches what written fields are drawn with into a folder: hand-like fonts by npm, fonts of print by apt, and torch.
#   bash training/fields/setup.sh SOURCES
set -euo pipefail
mkdir -p "$1" && cd "$1"

python3 -m venv env
env/bin/pip install -q torch==2.13.0 numpy pillow opencv-python-headless onnx onnxruntime rapidfuzz pydantic

# All OFL-1.1 but homemade-apple, rock-salt and schoolbell, which are Apache-2.0.
mkdir -p packages fonts/hands fonts/prints
for name in reenie-beanie liu-jian-mao-cao long-cang zhi-mang-xing nanum-pen-script homemade-apple cedarville-cursive \
  bad-script caveat kalam indie-flower shadows-into-light patrick-hand gloria-hallelujah covered-by-your-grace rock-salt \
  schoolbell nothing-you-could-do just-another-hand la-belle-aurore over-the-rainbow give-you-glory \
  dawning-of-a-new-day waiting-for-the-sunrise sue-ellen-francisco swanky-and-moo-moo crafty-girls coming-soon \
  architects-daughter handlee gochi-hand permanent-marker the-girl-next-door zeyada loved-by-the-king mansalva \
  short-stack pangolin sedgwick-ave mynerve delius beth-ellen bilbo borel clicker-script cookie caramel comforter-brush \
  delicious-handrawn dancing-script edu-au-vic-wa-nt-hand edu-nsw-act-cursive edu-sa-beginner edu-vic-wa-nt-beginner \
  gaegu gamja-flower grape-nuts hi-melody kristi licorice marck-script meddon meow-script mr-de-haviland \
  mrs-saint-delafield ms-madi nanum-brush-script oooh-baby playwrite-ca playwrite-cu playwrite-dk-loopet \
  playwrite-de-grund playwrite-fr-moderne playwrite-es playwrite-ie playwrite-in playwrite-nz playwrite-pe \
  playwrite-us-trad playwrite-us-modern playwrite-za puppies-play poor-story qwitcher-grypen ruthie sacramento \
  send-flowers square-peg stalemate vibur whisper yomogi zen-kurenaido klee-one kavivanar charmonman@5.2.7 \
  the-nautigal@5.2.7; do
  [[ $name == *@* ]] || name=$name@5.3.0
  (cd packages && npm pack "@fontsource/$name" --silent)
  tar xzf "packages/fontsource-${name/@/-}.tgz" -C packages --wildcards "*-latin-*-normal.woff2"
done
for which in "*-latin-400" caveat-latin-700 kalam-latin-300 kalam-latin-700; do
  find packages -name "$which-normal.woff2" ! -name "*latin-ext*" -exec cp {} fonts/hands/ \;
done

apt-get download -q fonts-urw-base35 fonts-dejavu-core
for file in *.deb; do dpkg -x "$file" deb; done
for name in NimbusSans-Regular NimbusSans-Bold NimbusRoman-Regular NimbusSansNarrow-Regular DejaVuSans DejaVuSerif; do
  find deb -name "$name.t1" -o -name "$name.ttf" | head -n 1 | xargs -I{} cp {} fonts/prints/
done
