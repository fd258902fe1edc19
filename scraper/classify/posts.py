"""What stands around the posts of a thread and is none of them: the facts of an account."""

from collections import defaultdict

from msgspec.structs import replace

from scraper.blocks import Segmentation
from scraper.classify import Label

_LINES, _LINE_CHARS = range(3, 13), 60  # of an account's facts, and the longest
_POSTS = 2  # with the same facts, for them to be what each post has


def drop_accounts(page: Segmentation, labels: list[Label]) -> None:
    """Lines of labels and values ("Posts: 412", "Joined: Mar 2009") go where the same labels stand beside several posts."""
    panels: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for block in page.blocks:
        if "\n" in block.text and (facts := _facts(block.text)):
            panels[facts].append(block.index)
    for indexes in panels.values():
        for index in indexes if len(indexes) >= _POSTS else ():
            if labels[index].kind == "body":
                labels[index] = replace(labels[index], kind="chrome", reason="facts of an account", rule="structure/account")


def _facts(text: str) -> tuple[str, ...]:
    """Return the labels of a text that is nothing but labels and values, one a line; () for another."""
    lines = text.split("\n", _LINES.stop)
    if len(lines) not in _LINES or any(":" not in line or len(line) > _LINE_CHARS for line in lines):
        return ()
    return tuple([line.partition(":")[0] for line in lines])
