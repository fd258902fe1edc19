"""Listings of code: kept or not as a whole, without the name of their language that stands above them."""

from msgspec.structs import replace

from scraper.blocks import Segmentation
from scraper.classify import Label, chars_kept, is_between
from scraper.structure.listings import code_language


def judge_listings(page: Segmentation, labels: list[Label]) -> None:
    """A listing is kept or not as most of its text is, and inside the article with any of it: a line of code reads like no sentence.

    The name of its language right before it is its label.
    """
    for container in [container for container, tag in enumerate(page.tags) if tag == "pre"]:
        start, end = page.starts[container], page.ends[container]
        if start == end:
            continue
        lines = page.blocks[start:end]
        if end - start > 1:
            kept = chars_kept(lines, labels)
            whole = kept and (is_between(labels, start, end) or 2 * kept >= sum([len(block.text) for block in lines]))
            kind, place = ("body", "in") if whole else ("chrome", "beside")
            for block in lines:
                label = labels[block.index]
                if label.kind != kind and label.rule.startswith("model/"):
                    labels[block.index] = replace(
                        label, kind=kind, reason=f"line of a listing {place} the article", rule="structure/listing"
                    )
        if start and labels[start].kind == "body" and labels[start - 1].kind == "body":
            above = page.blocks[start - 1]
            if " " not in above.text and above.text.lower() == code_language(page, container):
                labels[above.index] = replace(
                    labels[above.index], kind="chrome", reason="the language of the code below", rule="structure/language"
                )
