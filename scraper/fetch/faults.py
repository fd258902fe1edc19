"""A fetch that failed, with what the retry policy needs to know of it."""

from scraper.errors import Code, InputError


class FetchError(InputError):
    """One try failed.

    `retry` says that another try may succeed; `wait` is the server's own Retry-After in seconds; `strike` that the host, not the page, is
    at fault: `host`, which redirects may have led to.
    """

    def __init__(
        self, code: Code, message: str, *, retry: bool = False, wait: float | None = None, strike: bool = False, host: str = ""
    ) -> None:
        super().__init__(code, message)
        self.host = host
        self.retry = retry
        self.wait = wait
        self.strike = strike
