"""Declarative shadow trees: `<template shadowrootmode>` holds what a reader sees, but a parser keeps it out of the tree."""

import re

_MARK = b"shadowrootmode"
_TAG = re.compile(rb"<(/?)template(?=[\s/>])([^<>]*)>", re.IGNORECASE)


def open_shadow(source: bytes) -> bytes:
    """Return `source` with each template that is a shadow tree written as a `div`; `source` itself where there is none."""
    if _MARK not in source:
        return source
    opened: list[bool] = []

    def rename(tag: re.Match[bytes]) -> bytes:
        if tag[1]:
            return b"</div>" if opened and opened.pop() else tag[0]
        opened.append(_MARK in tag[2])
        return b"<div%s>" % tag[2] if opened[-1] else tag[0]

    return _TAG.sub(rename, source)
