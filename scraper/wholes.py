"""What is body or chrome only as a whole: a table of data, a question with its answer, another article that follows the page's own."""

from msgspec.structs import replace

from normalise.article import Kind
from scraper.blocks import Segmentation
from scraper.classify import Label
from scraper.layout import HEADINGS, Layout
from scraper.page_article import title_key

_PROSE = frozenset({"article", "documentation", "service"})  # elsewhere tables arrange entries, posts and wares
_TOGGLES = frozenset({"button", "summary"})
_OWN_CHARS = 400  # kept of the page's own article, under which its <article> may be no more than its head


def judge_wholes(page: Segmentation, labels: list[Label], kind: Kind, layout: Layout) -> None:
    """Change the labels of blocks that the model judged one by one."""
    if kind in _PROSE and "table" in page.tags:
        _judge_tables(page, labels, layout)
    if not _TOGGLES.isdisjoint(page.tags):
        _keep_questions(page, labels)
    if kind == "article" and page.tags.count("article") > 1 and page.tags.count("h1") > 1:
        _drop_next(page, labels)


def _judge_tables(page: Segmentation, labels: list[Label], layout: Layout) -> None:
    """A table of data is kept or not as most of its text is: half of its cells say nothing."""
    for container, tag in enumerate(page.tags):
        if tag != "table":
            continue
        cells = page.blocks[page.starts[container] : page.ends[container]]
        kept = sum([len(block.text) for block in cells if labels[block.index].kind == "body"])
        size = sum([len(block.text) for block in cells])
        if 0 < kept < size and layout.is_data(container):
            kind, place = ("body", "in") if 2 * kept >= size else ("chrome", "beside")
            for block in cells:
                label = labels[block.index]
                if label.kind != kind and label.rule.startswith("model/"):
                    labels[block.index] = replace(label, kind=kind, reason=f"cell of a table {place} the article", rule="structure/table")


def _keep_questions(page: Segmentation, labels: list[Label]) -> None:
    """A heading that opens and closes the text below it is kept with that text."""
    for block in [block for block in page.blocks[:-1] if block.tag in _TOGGLES]:
        index = block.index
        if labels[index].rule != "model/chrome" or labels[index + 1].kind != "body":
            continue
        above = page.parents[block.container]
        if block.tag == "summary" or (above >= 0 and page.tags[above] in HEADINGS):
            labels[index] = replace(labels[index], kind="body", reason="opens text of the article", rule="structure/question")


def _drop_next(page: Segmentation, labels: list[Label]) -> None:
    """An <article> with an h1 of its own, behind the one whose h1 the page is named after, is what scrolling on would show."""
    title = title_key(page.title or "")
    own: set[int] = set()
    for container in [container for container, tag in enumerate(page.tags) if tag == "h1"]:
        key = title_key(" ".join([block.text for block in page.blocks[page.starts[container] : page.ends[container]]]))
        if not key:
            continue
        articles = _articles_around(page, container)
        if not own and key in title:
            own.update(articles)
            first = articles[0] if articles else -1
        elif own and articles and articles[0] not in own and key not in title:
            inside = page.blocks[page.starts[first] : page.starts[articles[0]]]
            if sum([len(block.text) for block in inside if labels[block.index].kind == "body"]) >= _OWN_CHARS:
                _drop(labels, range(page.starts[articles[0]], page.ends[articles[0]]))


def _articles_around(page: Segmentation, container: int) -> list[int]:
    """Return the <article> elements around a container, the innermost first."""
    found = []
    while container >= 0:
        if page.tags[container] == "article":
            found.append(container)
        container = page.parents[container]
    return found


def _drop(labels: list[Label], indexes: range) -> None:
    for index in indexes:
        if labels[index].rule == "model/body":
            labels[index] = replace(labels[index], kind="chrome", reason="another article", rule="structure/next")
