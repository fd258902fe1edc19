"""Listings of code: kept or not as a whole, without the name of their language that stands above them."""

from msgspec.structs import replace

from scraper.blocks import Segmentation
from scraper.classify import Label, chars_kept
from scraper.structure.listings import code_language


def judge_listings(page: Segmentation, labels: list[Label]) -> None:
    """A listing between the article's first block and its last is kept, elsewhere as most of its text is: code reads like no sentence.

    The name of its language right before it is its label.
    """
    kept = [block.index for block in page.blocks if labels[block.index].kind == "body"]
    first, last = (kept[0], kept[-1]) if kept else (len(labels), -1)
    for container in [container for container, tag in enumerate(page.tags) if tag == "pre"]:
        start, end = page.starts[container], page.ends[container]
        if start == end:
            continue
        lines = page.blocks[start:end]
        within = first < start and end <= last
        whole = within or 2 * chars_kept(lines, labels) >= sum([len(block.text) for block in lines])
        kind, place = ("body", "in") if whole else ("chrome", "beside")
        for block in lines:
            label = labels[block.index]
            if label.kind != kind and label.rule.startswith("model/"):
                labels[block.index] = replace(label, kind=kind, reason=f"line of a listing {place} the article", rule="structure/listing")
        if start and labels[start].kind == "body" and labels[start - 1].kind == "body":
            above = page.blocks[start - 1]
            if " " not in above.text and above.text.lower() == code_language(page, container):
                labels[above.index] = replace(
                    labels[above.index], kind="chrome", reason="the language of the code below", rule="structure/language"
                )
