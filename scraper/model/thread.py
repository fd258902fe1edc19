"""Whether the text of a page that reads like an article is what several people wrote one after the other."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from scraper.blocks import Segmentation
from scraper.model.surroundings import tokens_of

_POST_WORDS = frozenset({"answer", "comment", "message", "note", "reply", "response"})
_POSTS = 3
_WRITERS = 2
_SHARE = 0.45  # of the text that is kept, in the posts behind the first, which may stand elsewhere
_REACH = 8  # containers from a name up to its post
_BESIDE = 2  # blocks from a name to its post
_NAMES = frozenset({"author", "profile"})


def is_thread(page: Segmentation, kept: Sequence[bool]) -> bool:
    """Whether most of the kept text stands in answers or comments that name who wrote them: a thread has no article beside them."""
    if True not in kept:
        return False
    first, last = kept.index(True), len(kept) - kept[::-1].index(True)
    hints = [hint for hint in page.hints if hint.kind in _NAMES and hint.text and first <= hint.block < last]
    if len(hints) < _POSTS:
        return False
    posts: dict[str, dict[int, str]] = {}  # by a word of their names: the containers, each with the writer that it begins with or behind
    for hint, following in pairwise([*hints, None]):
        assert hint is not None
        end = min(hint.block + _BESIDE, last if following is None else max(following.block, hint.block + 1))
        for container in {above for block in page.blocks[hint.block : end] for above in _around(page, block.container)}:
            attributes = page.attributes[container]
            names = (page.tags[container], page.classes[container], attributes.get("id"), attributes.get("itemprop"))
            for word in _POST_WORDS.intersection(tokens_of(" ".join(filter(None, names)))):
                posts.setdefault(word, {}).setdefault(container, hint.text)
    sizes = [len(block.text) if keep else 0 for block, keep in zip(page.blocks, kept, strict=True)]
    return any(_is_most(page, like, sizes) for like in posts.values() if len(like) >= _POSTS and len(set(like.values())) >= _WRITERS)


def _around(page: Segmentation, container: int) -> Iterator[int]:
    for _ in range(_REACH):
        if container < 0 or page.tags[container] == "body":
            return
        yield container
        container = page.parents[container]


def _is_most(page: Segmentation, posts: dict[int, str], sizes: list[int]) -> bool:
    inside = 0
    end = 0
    for post in sorted(posts):
        start = max(page.starts[post], end)  # an answer may stand inside the one that it answers
        end = max(page.ends[post], end)
        inside += sum(sizes[start:end])
    return inside >= _SHARE * sum(sizes)
