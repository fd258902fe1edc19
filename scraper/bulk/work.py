"""What a worker does with one page of a bulk run: clean it, and render the record as the output wants it."""

import msgspec

from normalise.article import Article
from scraper.bulk.conventions import parts_of, renamed_json
from scraper.bulk.documents import html_document, markdown_document
from scraper.bulk.job import MIRRORED, Job
from scraper.page import PARTS, Page
from scraper.readers import Found, load


class Task(msgspec.Struct, frozen=True):
    """One page, or the file that holds it, and the name of its output where every page has its own."""

    source: Page | Found
    name: str

    @property
    def origin(self) -> str:
        """How the input is named in messages."""
        return self.source.origin or "-"


class Facts(msgspec.Struct, frozen=True, array_like=True):
    """What the report counts of one page."""

    status: str
    kind: str
    language: str
    host: str
    confidence: int
    filled: tuple[str, ...]  # names of the fields that have a value
    chrome: tuple[str, ...]  # the most telling removed blocks, cut short


class Row(msgspec.Struct, frozen=True):
    """What became of one page: its bytes for the output, and what is needed to count it and to find its like."""

    origin: str
    name: str
    data: bytes
    id: str
    facts: Facts
    signature: bytes = b""  # MinHash, where near duplicates are sought
    seconds: float = 0.0


_COUNTED = ("headline", "byline", "date", "body", "description", "section", "tags", "site_name", "language", "url", "image")
_CHROME_CHARS = 60  # of a removed block: enough to recognise it by
_CHROME_BLOCKS = 40  # of one page


class Cleaning(msgspec.Struct, frozen=True):
    """Cleans one page. Its result is a function of the page and the job alone."""

    job: Job
    report: bool = False

    def __call__(self, task: Task) -> Row:
        """Return the row of one page. Raises InputError."""
        import time

        from scraper.extract import clean

        start = time.perf_counter()
        job = self.job
        page = load(task.source) if isinstance(task.source, Found) else task.source
        wanted = job.with_ | parts_of(job.convention) | ({job.format} & set(PARTS)) | ({"removed"} if self.report else set())
        article = clean(page, job.config, with_=frozenset(wanted))
        chrome = _chrome(article) if self.report else ()
        if self.report and "removed" not in job.with_:
            article = msgspec.structs.replace(article, removed=msgspec.UNSET)
        data = render(article, job)
        signature = b""
        if job.duplicates == "near":
            from scraper.bulk.minhash import signature_of

            signature = signature_of(article.body)
        seconds = time.perf_counter() - start
        return Row(task.origin, task.name, data, article.id if article.words else "", _facts(article, chrome), signature, seconds)


def render(article: Article, job: Job) -> bytes:
    """Return one record as the output's format has it, ending with a line end."""
    if job.format == "text":
        return article.body.encode() + b"\n"
    if job.format == "markdown":
        return markdown_document(article).encode()
    if job.format == "html":
        return html_document(article).encode()
    if job.convention is None:
        return article.to_json() + b"\n"
    return renamed_json(article, job.convention) + b"\n"


def _facts(article: Article, chrome: tuple[str, ...]) -> Facts:
    from normalise.url import host

    filled = tuple(name for name in _COUNTED if getattr(article, name))
    where = host(article.url) if article.url else None
    return Facts(article.status, article.kind, article.language or "", where or "", article.confidence, filled, chrome)


def _chrome(article: Article) -> tuple[str, ...]:
    if article.removed is msgspec.UNSET:
        return ()
    return tuple(removed.text[:_CHROME_CHARS] for removed in article.removed[:_CHROME_BLOCKS] if removed.text)


def suffix(job: Job) -> str:
    """Return the suffix of the output's files."""
    return MIRRORED.get(job.format) or f".{job.format}"
