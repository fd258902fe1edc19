"""What the trainer of text pages learns from: labelled pages, crops and mixtures of them; and that its net is the one that ships."""

import numpy as np
import pytest

from bench.flatten import markdown
from bench.text_labels import Sample, body_labels, cropped, end_labels, head_labels, mixed, words
from scraper.text import segment_text
from scraper.text.context import context
from scraper.text.features import line_features
from scraper.text.net import forward, read_net
from scraper.text.words import Words

SENTENCE = "The {} rose above its banks on Tuesday night and forced hundreds of families to leave their homes."


def sample(name: str, *, trust: float = 1.0) -> Sample:
    body = [SENTENCE.format(f"{name} {number}") for number in range(4)]
    text = "\n".join(["Home", f"The {name} rises", "By Anna Berg", *body, f"More about the {name}", "Contact us"])
    page = segment_text(text)
    gold = {"title": f"The {name} rises", "author": ["Anna Berg"], "date": None, "body": "\n".join(body), "kind": "article"}
    lines = [words(block.text) for block in page.blocks]
    known = body_labels(lines, gold)
    labels = np.concatenate([known[:, None], head_labels(page.blocks, lines, gold), end_labels(known)], axis=1)
    return Sample("made", gold, f"{name}.example", page.blocks, page, labels, np.array([len(line) for line in lines]), trust)


def test_pages_as_markdown() -> None:
    text = markdown(b"<script>x</script><h2>A</h2><p>Some <b>bold</b> words and <a href=/b>a link</a>.</p><ul><li>one</ul>").decode()
    assert "x" not in text
    blocks = segment_text(text).blocks
    assert [(block.tag, block.text, block.link_chars) for block in blocks] == [
        ("h2", "A", 0),
        ("line", "Some bold words and a link.", 6),
        ("li", "one", 0),
    ]


def test_labels_of_a_page() -> None:
    body, headline, byline, date, first, last, above, below = sample("river").labels.T.tolist()
    assert body == [0, 0, 0, 1, 1, 1, 1, 0, 0]
    assert (headline.index(1), byline.index(1), first.index(1), last.index(1)) == (1, 2, 3, 6)
    assert (sum(date), sum(above), sum(below)) == (0, 3, 2)


def test_a_mixture_is_one_page_s_body_between_the_furniture_of_others() -> None:
    page = mixed(sample("river"), sample("lake"), sample("sea"))
    assert page is not None
    texts = [block.text for block in page.blocks]
    assert texts[:3] == ["Home", "The lake rises", "By Anna Berg"]
    assert texts[3:7] == [SENTENCE.format(f"river {number}") for number in range(4)]
    assert texts[7:] == ["More about the sea", "Contact us"]
    assert [block.index for block in page.blocks] == list(range(9))
    assert (page.labels == sample("river").labels).all()
    assert (page.domain, page.gold["title"]) == ("river.example", "The lake rises")


def test_a_crop_keeps_the_body_and_only_pages_whose_body_is_known_are_cropped() -> None:
    crop = cropped(sample("river"), np.random.default_rng(1))
    assert crop is not None
    assert crop.labels[:, 0].sum() == 4
    assert cropped(sample("river", trust=0.0), np.random.default_rng(1)) is None


def test_the_net_that_ships_is_the_one_that_was_trained() -> None:
    torch = pytest.importorskip("torch")
    from bench.text_net import HEADS, largest_sum, train

    pages = [sample(name) for name in ("river", "lake", "sea", "pond")]
    table = Words(short={"home": -512}, long={"rose": 256}, byline={}, date={})
    lines = [line_features(page.blocks, table) for page in pages]
    inputs = [np.concatenate([some.own, context(some).T], axis=1) for some in lines]
    assert train(pages, inputs, width=8, epochs=3, seed=1).export() == train(pages, inputs, width=8, epochs=3, seed=1).export()
    net = train(pages, inputs, width=8, epochs=80, seed=1)
    raw = net.export()
    shipped = forward(read_net(raw), [inputs[0].T])
    standard = torch.from_numpy(((inputs[0] - net.mean) / net.scale).astype(np.float32))[None]
    trained = net(standard, torch.ones(1, len(inputs[0]), 1))[0].detach().numpy()
    assert shipped.shape == (len(inputs[0]), HEADS)
    assert np.abs(shipped - trained).max() < 0.25
    body = pages[0].labels[:, 0] == 1
    assert shipped[body, 0].min() > shipped[~body, 0].max()
    assert largest_sum(raw, inputs[0]) < 512
