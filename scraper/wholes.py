"""What is body or chrome only as a whole: a table of data, a question with its answer."""

from msgspec.structs import replace

from normalise.article import Kind
from scraper.blocks import Segmentation
from scraper.classify import Label
from scraper.layout import HEADINGS, Layout

_PROSE = frozenset({"article", "documentation", "service"})  # elsewhere tables arrange entries, posts and wares
_TOGGLES = frozenset({"button", "summary"})


def judge_wholes(page: Segmentation, labels: list[Label], kind: Kind, layout: Layout) -> None:
    """Change the labels of blocks that the model judged one by one."""
    if kind in _PROSE and "table" in page.tags:
        _judge_tables(page, labels, layout)
    if not _TOGGLES.isdisjoint(page.tags):
        _keep_questions(page, labels)


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
