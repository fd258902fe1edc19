"""Names of output files: they mirror the inputs, and nothing in an input's name can lead out of the output folder."""

import hashlib
import os
from pathlib import PurePath

_LONGEST_NAME = 200  # bytes; file systems allow 255, less the temporary suffix


def mirrored(origin: str, argument: str) -> str:
    """Return the name, without suffix, of the output of `origin`, which was found under the input `argument`.

    A file keeps its whole name, so that `a.html` and `a.txt` differ; a page in a folder keeps its path below that folder.
    """
    if argument == "-":
        origin, argument = f"stdin{origin[1:]}", "stdin"
    below = os.path.basename(origin.rstrip(os.sep))
    if origin != argument and origin.startswith(argument):
        inside = origin[len(argument) :]  # of a folder, or of an archive, which keeps its name
        below = inside if inside.startswith(os.sep) or argument.endswith(os.sep) else os.path.basename(argument) + inside
    parts = [_file_name(part) for part in PurePath(below.lstrip(os.sep)).parts if part not in ("", ".", "..", os.sep)]
    return os.path.join(*parts or ["page"])


def _file_name(part: str) -> str:
    """Return one component of a path, without control characters and not longer than file systems take."""
    clean = "".join(c if c.isprintable() or 0xDC80 <= ord(c) <= 0xDCFF else "_" for c in part)
    if len(os.fsencode(clean)) <= _LONGEST_NAME:
        return clean
    digest = hashlib.sha256(os.fsencode(clean)).hexdigest()[:16]
    return f"{os.fsencode(clean)[: _LONGEST_NAME - 17].decode('utf-8', 'ignore')}-{digest}"


def printable(text: str) -> str:
    """Return `text` as valid Unicode: bytes of a file's name that are none are written out."""
    return text.encode("utf-8", "backslashreplace").decode()
