"""Write scraper/data/chars.npy: the class of each character of the Basic Multilingual Plane, for scraper.model.features.

python bench/build_chars.py
"""

import unicodedata
from pathlib import Path

import numpy as np

TARGET = Path(__file__).resolve().parent.parent / "scraper" / "data" / "chars.npy"
STOPS = frozenset(".!?。！？…؟۔।՞։\"”»)'’」』")
COMMAS = frozenset(",;，、؛،；")


def char_class(char: str) -> int:
    """Return the class of one character: other, lower, upper, digit, space, comma, stop, mark, letter without case."""
    if char in STOPS:
        return 6
    if char in COMMAS:
        return 5
    if char.isspace():
        return 4
    category = unicodedata.category(char)
    if category[0] in "PS":
        return 7
    return {"Ll": 1, "Lu": 2, "Lt": 2, "Nd": 3, "Lo": 8, "Lm": 8}.get(category, 0)


if __name__ == "__main__":
    np.save(TARGET, np.array([char_class(chr(code)) for code in range(0x10000)], np.uint8))
