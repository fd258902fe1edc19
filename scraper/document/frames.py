"""Framesets: a page of frames has no body, but often one for readers without frames."""

import re

_TAG = re.compile(rb"</?(?:frameset|frame|noframes)(?=[\s/>])[^<>]*>", re.IGNORECASE)


def without_frames(source: bytes) -> bytes:
    """Return a page of frames as those see it whose browsers know none."""
    return _TAG.sub(b"", source)
