"""A web server on loopback with a path for each fault, and the network that leads every test there.

No packet leaves loopback: names are resolved by a table, and every address, public as it looks to the guard, is dialled as this server.

The fault table runs on httpx and on httpx2. `CLIP_TEST_HTTP=httpx2 pytest tests/test_fetch*.py tests/test_discover.py` runs all the rest
on the other one as well.
"""

import importlib
import os

from scraper.fetch import transport
from tests.server.network import PUBLIC, Roads
from tests.server.server import Exchange, FaultyServer

__all__ = ["PUBLIC", "Exchange", "FaultyServer", "Roads"]

if library := os.environ.get("CLIP_TEST_HTTP"):
    transport.httpx = importlib.import_module(library)  # type: ignore[attr-defined]
    transport.httpcore = importlib.import_module(library.replace("httpx", "httpcore"))  # type: ignore[attr-defined]
