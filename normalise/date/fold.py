"""One form for a word however it is cased, accented or marked: the key of the date tables."""

import re
import unicodedata

# Accents, niqqud, harakat, nukta, tatweel, joiners and direction marks. Vowel signs of Indic and Thai words stay: they tell months apart.
_MARKS = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u093c\u09bc\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+"
)
_LETTERS = str.maketrans(
    {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ي": "ی", "ى": "ی", "ك": "ک", "ə": "e", "’": "'", "ʼ": "'", "`": "'", "‑": "-", "‐": "-"}
)


def fold(text: str) -> str:
    """Return `text` case-folded, without accents and marks: "Février" and "FEVRIER" are "fevrier". Idempotent."""
    folded = text.casefold()
    if folded.isascii():
        return folded.replace("`", "'")
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", folded).casefold())
    return unicodedata.normalize("NFC", bare.translate(_LETTERS)).replace("`", "'")


def bare(text: str) -> str:
    """Return `text` without accents and marks, its case kept: "Février" is "Fevrier"."""
    return _MARKS.sub("", unicodedata.normalize("NFKD", text)).translate(_LETTERS)
