"""The order of the stages, and nothing else: `Page` in, `Article` out."""

from normalise.article import Article, Removed, article_id
from scraper.blocks import Segmentation, segment
from scraper.classify import Label, classify
from scraper.config import Config
from scraper.document import parse_document
from scraper.page import Page


def clean(page: Page, config: Config, *, with_: frozenset[str] = frozenset()) -> Article:
    """Return the article record of `page`, with the parts named in `with_`. Raises InputError where there is nothing to read."""
    document = parse_document(page, max_size=config.page.max_size * 1_000_000)
    segmentation = segment(document.tree) if document.tree is not None else Segmentation()
    labels = classify(segmentation)
    body = "\n\n".join(block.text for block, label in zip(segmentation.blocks, labels, strict=True) if label.kind == "body")
    return Article(
        headline=segmentation.title,
        body=body,
        url=page.url,
        words=len(body.split()),
        status="ok" if body else "empty",
        id=article_id(segmentation.title, None, None, body),
        **({"removed": _removed(segmentation, labels)} if "removed" in with_ else {}),
    )


def _removed(segmentation: Segmentation, labels: list[Label]) -> list[Removed]:
    pairs = zip(segmentation.blocks, labels, strict=True)
    return [Removed(text=block.text, reason=label.reason, rule=label.rule) for block, label in pairs if label.kind == "chrome"]
