"""Writes the station's keyboards from xkeyboard-config's maps: python tools/keyboards.py [/usr/share/X11/xkb/symbols].

One file a script, digitize/review/station/static/layouts/XXXX.json: {"keys": {code of the key: [plain, shift, AltGr,
shift and AltGr]}}. Source: xkb-data of Debian (xkeyboard-config 2.42, MIT/X11 notices, see SOURCES.md beside them).
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "digitize/review/station/static/layouts"
MAPS = {
    "Deva": ("in", "deva"), "Beng": ("in", "ben_inscript"), "Guru": ("in", "guru"), "Gujr": ("in", "guj"),
    "Orya": ("in", "ori"), "Taml": ("in", "tam"), "Telu": ("in", "tel"), "Knda": ("in", "kan"), "Mlym": ("in", "mal"),
    "Olck": ("in", "sat"), "Mtei": ("in", "mni"), "Arab": ("pk", "urd-phonetic"),
}  # fmt: skip
ROWS = {
    "AE": [*(f"Digit{n}" for n in "1234567890"), "Minus", "Equal"],
    "AD": [*(f"Key{c}" for c in "QWERTYUIOP"), "BracketLeft", "BracketRight"],
    "AC": [*(f"Key{c}" for c in "ASDFGHJKL"), "Semicolon", "Quote"],
    "AB": [*(f"Key{c}" for c in "ZXCVBNM"), "Comma", "Period", "Slash"],
}
CODES = {f"{row}{n:02}": code for row, codes in ROWS.items() for n, code in enumerate(codes, start=1)}
CODES |= {"TLDE": "Backquote", "BKSL": "Backslash", "SPCE": "Space"}
NAMES = {
    "grave": "`", "asciitilde": "~", "exclam": "!", "at": "@", "numbersign": "#", "dollar": "$", "percent": "%",
    "asciicircum": "^", "ampersand": "&", "asterisk": "*", "parenleft": "(", "parenright": ")", "minus": "-",
    "underscore": "_", "equal": "=", "plus": "+", "bracketleft": "[", "bracketright": "]", "braceleft": "{",
    "braceright": "}", "semicolon": ";", "colon": ":", "apostrophe": "'", "quotedbl": '"', "backslash": "\\",
    "bar": "|", "comma": ",", "less": "<", "period": ".", "greater": ">", "slash": "/", "question": "?", "space": " ",
}  # fmt: skip
JOINED = {
    "Digit3": "\u094d\u0930", "Digit4": "\u0930\u094d", "Digit5": "\u091c\u094d\u091e",
    "Digit6": "\u0924\u094d\u0930", "Digit7": "\u0915\u094d\u0937", "Digit8": "\u0936\u094d\u0930",
}  # fmt: skip
"""What InScript (IS 13194) has on shift with 3 to 8: several letters, which a keymap of X cannot hold on one key."""
JOINED_IN = {"Deva": 0, "Beng": 0x80, "Gujr": 0x180, "Orya": 0x200, "Telu": 0x300, "Knda": 0x380}
"""How far the script's block lies behind Devanagari's."""

ASSAMESE = {"KeyJ": ["\u09f0", "\u09dd", "", ""], "KeyB": ["\u09f1", "", "", ""]}
"""Assamese writes its own ra and va where Bengali's stand."""


def main() -> None:
    """Write every keyboard."""
    symbols = Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/X11/xkb/symbols")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for script, (file, name) in MAPS.items():
        keys = read_map((symbols / file).read_text(encoding="utf-8"), name)
        for code, text in JOINED.items() if script in JOINED_IN else ():
            row = keys.setdefault(code, ["", "", "", ""])
            row[1] = "".join(chr(ord(c) + JOINED_IN[script]) for c in text)
        keys["Space"] = [" ", " ", "\u200c", "\u200d"]
        _write(script, keys)
        if script == "Beng":
            _write("Beng-as", keys | ASSAMESE)


def _write(name: str, keys: dict[str, list[str]]) -> None:
    text = json.dumps({"keys": keys}, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    (FOLDER / f"{name}.json").write_text(text.replace('],"', '],\n"') + "\n", encoding="utf-8")


def read_map(text: str, name: str) -> dict[str, list[str]]:
    """The keys of one map: code of the key to what its four levels write, "" for nothing. Included maps come first."""
    found = re.search(rf'xkb_symbols "{re.escape(name)}"\s*\{{(.*?)^\s*\}};', text, re.DOTALL | re.MULTILINE)
    if not found:
        raise SystemExit(f"no map {name}")
    body = re.sub(r"//.*", "", found[1])
    keys: dict[str, list[str]] = {}
    for inner in re.findall(r'include "in\(([\w-]+)\)"', body):
        keys |= read_map(text, inner)
    for key, levels in re.findall(r"key\s*<(\w+)>\s*\{\s*\[([^\]]*)\]", body):
        if key in CODES:
            written = [_letter(word.strip()) for word in levels.split(",")]
            keys[CODES[key]] = (written + ["", "", "", ""])[:4]
    return keys


def _letter(word: str) -> str:
    if point := re.fullmatch(r"(?:U|0x100)([0-9A-Fa-f]{4})", word):
        # Control characters that change the direction of a text would be invisible faults in a value.
        letter = chr(int(point[1], 16))
        return "" if unicodedata.bidirectional(letter) in {"LRE", "RLE", "PDF", "LRO", "RLO"} else letter
    if word == "NoSymbol" or not word:
        return ""
    return word if len(word) == 1 else NAMES.get(word, "")


if __name__ == "__main__":
    main()
