"""Pages with furniture of others: the same as if it had stood there when the page was read."""

from collections.abc import Callable

import numpy as np
import pytest

from bench import augment
from bench.dataset import Example
from scraper.document import parse_document
from scraper.model import load
from scraper.model.features import block_features
from scraper.page import Page
from scraper.walk import segment

SENTENCE = "The ferry that crosses the river between the two halves of the town stays, the council said on Monday. "
BOX = '<div class="related wide"><h3>More on this</h3><ul><li><a href="/a">A vote on the bridge</a></li></ul></div>'
CAPTION = "<figure class='pic'><figcaption>The quay on Tuesday.</figcaption></figure>"


def _example(inside: dict[int, str]) -> Example:
    """An article of eight paragraphs, in front of some of which stands what `inside` has."""
    body = "".join(f"{inside.get(at, '')}<p>{SENTENCE * (1 + at % 3)}</p>" for at in range(8))
    html = (
        f"<html><body><ul class=menu><li><a href=/>Home</a></ul><div id=main class=post>{body}</div><footer>Contact</footer></body></html>"
    )
    tree = parse_document(Page(body=html.encode(), media_type="text/html")).tree
    assert tree is not None
    page = segment(tree)
    page.furniture.clear()
    shares = [float(block.text.startswith("The ferry")) for block in page.blocks]
    return Example("made", {"kind": "article"}, "host.example", page, shares, [1.0] * len(shares))


@pytest.mark.parametrize(("markup", "texts"), [(BOX, ["More on this", "A vote on the bridge"]), (CAPTION, ["The quay on Tuesday."])])
def test_a_fragment_is_what_stands_between_paragraphs(markup: str, texts: list[str]) -> None:
    found = list(augment.fragments(_example({3: markup})))
    assert len(found) == 1
    assert found[0].containers[0].parent == -1
    assert [block.text for block in found[0].blocks] == texts


@pytest.mark.parametrize(
    "markup", [f"<div>{SENTENCE * 4}</div>", "<h2>What happens next</h2>", "<div>A line that may have been missed.</div>"]
)
def test_what_may_be_the_articles_is_no_fragment(markup: str) -> None:
    assert list(augment.fragments(_example({3: markup}))) == []


@pytest.mark.parametrize("markup", [BOX, CAPTION])
def test_a_furnished_page_has_the_features_of_one_that_was_read_so(markup: str) -> None:
    (fragment,) = augment.fragments(_example({3: markup}))
    made, read = augment._with_fragment(_example({}), 6, fragment, nameless=False), _example({5: markup})
    assert made.shares == read.shares
    assert [(block.text, block.tag) for block in made.page.blocks] == [(block.text, block.tag) for block in read.page.blocks]
    tables = load().tables
    np.testing.assert_array_equal(block_features(made.page, tables).rows, block_features(read.page, tables).rows)


def test_nameless_fragments_keep_what_is_alike() -> None:
    (fragment,) = augment.fragments(_example({3: BOX}))
    page = augment._with_fragment(_example({}), 6, fragment, nameless=True).page
    added = page.classes[-len(fragment.containers) :]
    assert added[0] is not None and "related" not in added[0]
    assert added[1:] == [None] * (len(added) - 1)


def test_furnished_pages_keep_their_body_and_come_again() -> None:
    pool = list(augment.fragments(_example({3: BOX, 5: CAPTION})))
    page = _example({})
    one, two = (augment.furnished(page, pool, np.random.default_rng(5)) for _ in range(2))
    assert one == two
    assert len(one.shares) == len(one.trust) == len(one.page.blocks) > len(page.page.blocks)
    body = [block.text for block, share in zip(one.page.blocks, one.shares, strict=True) if share]
    assert body == [block.text for block, share in zip(page.page.blocks, page.shares, strict=True) if share]
    assert [block.index for block in one.page.blocks] == list(range(len(one.page.blocks)))


def test_a_page_without_room_stays_as_it_is() -> None:
    page = _example({})
    assert augment.furnished(page, [], np.random.default_rng(0)) is page
    short = page._replace(shares=[0.0] * len(page.shares))
    assert augment.furnished(short, list(augment.fragments(_example({3: BOX}))), np.random.default_rng(0)) is short


@pytest.mark.parametrize("change", [augment._thinned, augment._renamed])
def test_other_variants_keep_their_body(change: Callable[[Example, np.random.Generator], Example]) -> None:
    page = _example({3: BOX, 5: CAPTION})
    for seed in range(20):
        made = change(page, np.random.default_rng(seed))
        body = [block.text for block, share in zip(made.page.blocks, made.shares, strict=True) if share]
        assert body == [block.text for block, share in zip(page.page.blocks, page.shares, strict=True) if share]
        parts = made.page
        assert all(parts.starts[block.container] <= block.index < parts.ends[block.container] for block in parts.blocks)
    assert any(change(page, np.random.default_rng(seed)) != page for seed in range(20))
