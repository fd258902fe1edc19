"""clip: raw pages in, clean article records out.

    URL | file | folder | stdin
      fetch / read         -> Page        the bytes and what their carrier said of them
      scraper.document     -> Document    decoded by the WHATWG rules, parsed once
      scraper.walk         -> Block, …    one walk; the lines of a plain-text page are blocks too
      scraper.classify     -> Label, …    what each block is, and why
      scraper.metadata     -> candidates  what JSON-LD, Open Graph and the like say
      scraper.fields       -> fields      headline, byline, date, body as found
      normalise            -> Article     what those strings mean; canonical JSON

The public names are those of `__all__`. Importing this package is cheap: what a name needs is loaded when the name is first used.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

    from normalise.article import Article
    from scraper.bulk.many import clean_many
    from scraper.config import Config, load
    from scraper.errors import ClipError, ConfigError, Failure, InputError, LockedError, OutputError
    from scraper.fetch import fetch
    from scraper.page import Page
    from scraper.readers import read

__version__ = "0.1.0"
__all__ = [
    "Article",
    "ClipError",
    "Config",
    "ConfigError",
    "Failure",
    "InputError",
    "LockedError",
    "OutputError",
    "Page",
    "clean",
    "clean_many",
    "fetch",
    "load",
    "read",
]

_HOMES = {
    "normalise.article": ("Article",),
    "scraper.bulk.many": ("clean_many",),
    "scraper.config": ("Config", "load"),
    "scraper.errors": ("ClipError", "ConfigError", "Failure", "InputError", "LockedError", "OutputError"),
    "scraper.fetch": ("fetch",),
    "scraper.page": ("Page",),
    "scraper.readers": ("read",),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def clean(
    data: "bytes | str | Page",
    *,
    url: str | None = None,
    media_type: str | None = None,
    config: "Config | None" = None,
    with_: "Collection[str]" = (),
) -> "Article":
    """Return the article record of one page.

    `data` is HTML or flattened text: bytes in any encoding, a str, or a page that was read or fetched. `url` is where it came from and
    `media_type` what its carrier said ("text/html", "text/plain; charset=koi8-r"), for data that does not say so itself. `with_` names the
    parts that are wanted besides the record ("blocks", "markdown", "html", "removed", "candidates", "input").
    Raises `InputError` for what is neither HTML nor text, or too large, `ConfigError` for a part that there is not. A pure function: no
    network, no clock, no global state. A hostile page can make it slow, so clean the pages of strangers in a process with a deadline.
    """
    import msgspec

    from scraper.config import Config
    from scraper.extract import clean as clean_page
    from scraper.page import Page, content_type, page_of, wanted_parts

    if not isinstance(config, Config | None):
        raise TypeError(f"config is a Config, such as scraper.load makes of a file, not {type(config).__name__}")
    if isinstance(data, Page):
        page = msgspec.structs.replace(data, url=data.url or url, media_type=data.media_type or content_type(media_type)[0])
    else:
        page = page_of(data, url=url, media_type=media_type)
    return clean_page(page, config or Config(), with_=wanted_parts(with_))


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(home), name)
    globals()[name] = value  # also over the submodule of the same name that the import has just bound here
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
