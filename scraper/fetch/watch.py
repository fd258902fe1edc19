"""What a run over a list says of itself while it goes on."""

from collections.abc import Callable

import msgspec


class Attempt(msgspec.Struct, frozen=True, omit_defaults=True):
    """One try, for the log: `outcome` is "page" or an error code, `wait` the seconds until the next try, `last` whether there is none.

    `notes` are what the page says of its other versions ("canonical URL", "amp URL", "print URL", "is amp"), and "downgraded" where a
    redirect left https.
    """

    time: float
    url: str
    outcome: str
    number: int
    seconds: float
    last: bool = True
    wait: float = 0.0
    status: int | None = None
    size: int = 0
    final_url: str | None = None
    message: str = ""
    notes: tuple[str, ...] = ()


class Standing(msgspec.Struct):
    """Where a run stands. `total` is `None` until the whole list has been read."""

    done: int = 0
    failed: int = 0
    total: int | None = None
    waiting: int = 0
    hosts: int = 0


class Watch(msgspec.Struct, frozen=True):
    """Who wants to know: `attempt` hears of every try, `standing` is kept up to date."""

    attempt: Callable[[Attempt], None] | None = None
    standing: Standing = msgspec.field(default_factory=Standing)
