"""Names of output files: they mirror the inputs, and nothing in an input's name can lead out of the output folder."""

import hashlib
import os
from pathlib import PurePath

from scraper.bulk.job import MIRRORED

_LONGEST_NAME = 200  # bytes; file systems allow 255, less the temporary suffix
_LONGEST_PATH = 1_000  # bytes; systems allow 4,096 with the output folder
_OUTPUT_SUFFIXES = tuple(MIRRORED.values())
_RESERVED = "manifest"  # a bulk run writes its own `manifest.json`


def mirrored(origin: str, argument: str) -> str:
    """Return the name, without suffix, of the output of `origin`, which was found under the input `argument`.

    A file keeps its whole name, so that `a.html` and `a.txt` differ; a page in a folder keeps its path below that folder. A name that
    cannot stand as it is ends with a digest of what it was: it is no other input's. The name depends on these two alone.
    """
    if argument == "-":
        origin, argument = f"stdin{origin[1:]}", "stdin"
    below = os.path.basename(origin.rstrip(os.sep))
    if origin != argument and origin.startswith(argument):
        inside = origin[len(argument) :]  # of a folder, or of an archive, which keeps its name
        below = inside if inside.startswith(os.sep) or argument.endswith(os.sep) else os.path.basename(argument) + inside
    whole = below.lstrip(os.sep)
    parts = [part for part in PurePath(whole).parts if part not in ("", ".", "..", os.sep)] or ["page"]
    if len(parts) < whole.count(os.sep) + 1:  # some led upwards, or nowhere
        parts[-1] = _marked(parts[-1], whole)
    *folders, name = map(_file_name, parts)
    if not folders and name == _RESERVED:
        name = _marked(name, whole)
    path = os.path.join(*map(_folder_name, folders), name)
    return path if len(os.fsencode(path)) <= _LONGEST_PATH else _marked(name, whole)


def _folder_name(part: str) -> str:
    """Return the name of a folder, which no output file beside it may have: where `x` and `x.json/y` are inputs, `x` gives `x.json`."""
    return _marked(part, part) if part.endswith(_OUTPUT_SUFFIXES) else part


def _file_name(part: str) -> str:
    """Return one component of a path, without control characters and not longer than file systems take."""
    clean = "".join(c if c.isprintable() or 0xDC80 <= ord(c) <= 0xDCFF else "_" for c in part)
    return clean if clean == part and len(os.fsencode(clean)) <= _LONGEST_NAME else _marked(clean, part)


def _marked(name: str, whole: str) -> str:
    """Return a name, cut if need be, with the digest of `whole`."""
    digest = hashlib.sha256(os.fsencode(whole)).hexdigest()[:16]
    return f"{os.fsencode(name)[: _LONGEST_NAME - 17].decode('utf-8', 'ignore')}-{digest}"
