"""Tables of a text page, judged as wholes: half of a table's rows say nothing by themselves."""

from itertools import groupby

from msgspec.structs import replace

from scraper.classify import Label, chars_kept, is_unlinked_between
from scraper.text.lines import TextPage


def judge_tables(page: TextPage, labels: list[Label]) -> None:
    """Keep a table or not as most of its text was judged; one without links between two lines of the article is the article's."""
    for _, group in groupby(page.rows, key=lambda index: page.rows[index].table):
        rows = [page.blocks[index] for index in group if labels[index].rule.startswith("text/judged-")]
        size = sum([len(block.text) for block in rows])
        kept = chars_kept(rows, labels)
        if rows and kept < size:
            is_own = 2 * kept >= size or is_unlinked_between(page, labels, rows[0].index, rows[-1].index + 1)
            kind, place = ("body", "in") if is_own else ("chrome", "beside")
            for block in rows:
                label = labels[block.index]
                if label.kind != kind:
                    labels[block.index] = replace(label, kind=kind, reason=f"row of a table {place} the article", rule="text/table")
