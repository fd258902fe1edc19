"""Small boxes whose elements say what they are: calls to the reader, layers over the page, links to other pages."""

import re

from msgspec.structs import replace

from scraper.blocks import Block, Segmentation
from scraper.classify import Label, chars_kept
from scraper.classify.lists import words_of

_CALL_CHARS, _BOX_CHARS = 600, 1500
_LAYERS, _LAYER_ROLES = frozenset({"dialog", "fieldset"}), frozenset({"alertdialog", "dialog", "tooltip"})
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def drop_calls(page: Segmentation, labels: list[Label]) -> None:
    """What calls on the reader within the text ("post-cta", "newsletterBox") goes."""
    first = next((block.index for block in page.blocks if labels[block.index].kind == "body"), 0)
    boxes = [container for container in _of_class(page, "calls") if page.starts[container] > first]
    _drop(page, labels, boxes, _CALL_CHARS, ("call to the reader", "structure/call"))


def drop_layers(page: Segmentation, labels: list[Label]) -> None:
    """What opens over the page, the fields of forms, and boxes that the publisher shows in no search engine's snippet go."""
    attributes = page.attributes
    layers = [container for container, tag in enumerate(page.tags) if tag in _LAYERS]
    layers += [container for container, own in enumerate(attributes) if "data-nosnippet" in own and page.tags[container] != "p"]
    layers += [container for container in page.named if attributes[container].get("role") in _LAYER_ROLES]
    _drop(page, labels, layers + _of_class(page, "layers"), _BOX_CHARS, ("a layer over the page", "structure/layer"))


def drop_others(page: Segmentation, labels: list[Label]) -> None:
    """What a shop or a service shows of its other pages goes."""
    _drop(page, labels, _of_class(page, "others"), _BOX_CHARS, ("other pages", "structure/other"))


def _of_class(page: Segmentation, kind: str) -> list[int]:
    """Return the containers whose class has one of the words of a kind."""
    named = set(filter(None, page.classes))
    joined = " ".join(named).lower()
    words = [word for word in words_of(kind) if word in joined]
    if not words:
        return []
    maybe = [names for names in named if any(word in names.lower() for word in words)]
    found = {names for names in maybe if not words_of(kind).isdisjoint(_apart(names))}
    return [container for container, names in enumerate(page.classes) if names in found]


def _apart(names: str) -> list[str]:
    """Return the words of class names, split at hyphens, underscores and capitals."""
    return _CAPITAL.sub(" ", names).lower().replace("-", " ").replace("_", " ").split()


def _drop(page: Segmentation, labels: list[Label], boxes: list[int], most: int, why: tuple[str, str]) -> None:
    """Drop what the model kept of boxes of up to `most` characters each, for a reason by a rule, unless it is most of what is kept."""
    dropped: dict[int, Block] = {}
    for container in boxes:
        inside = page.blocks[page.starts[container] : page.ends[container]]
        if sum([len(block.text) for block in inside]) <= most:
            dropped |= {block.index: block for block in inside if labels[block.index].kind == "body"}
    if dropped and 2 * sum([len(block.text) for block in dropped.values()]) <= chars_kept(page.blocks, labels):
        reason, rule = why
        for index in dropped:
            labels[index] = replace(labels[index], kind="chrome", reason=reason, rule=rule)
