"""Every fault of the server, and the outcome it must have. The rows are in cases/fetch_faults.json; all are fetched side by side, once per
HTTP library."""

import asyncio
import importlib
import json
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from scraper.config import Fetching
from scraper.errors import InputError
from scraper.fetch import transport
from scraper.fetch.address import refusal
from scraper.fetch.client import Client
from scraper.page import Page
from tests.server import PUBLIC, FaultyServer, Roads

ROWS = json.loads(Path(__file__).with_name("cases").joinpath("fetch_faults.json").read_text())
DEADLINE = 4.0
SETTINGS = Fetching(deadline=DEADLINE, read_timeout=1.5, connect_timeout=1.5, max_size=2, retries=2)


@pytest.fixture(scope="module")
def server():
    server = FaultyServer()
    yield server
    server.stop()


@pytest.fixture(scope="module", params=["httpx", "httpx2"])
def library(request):
    """The whole suite runs on both: a move from one to the other is one import line."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transport, "httpx", importlib.import_module(request.param))
        patch.setattr(transport, "httpcore", importlib.import_module(request.param.replace("httpx", "httpcore")))
        yield request.param


def url_of(number: int) -> str:
    row = ROWS[number]
    return f"{row.get('scheme', 'http')}://{row.get('host', f'row{number}.test')}{row['path']}"


@pytest.fixture(scope="module")
def outcomes(server, library):
    roads = Roads(server)

    async def one(client: Client, number: int):
        start = time.monotonic()
        try:
            result = await client.fetch(url_of(number))
        except InputError as error:
            result = error
        return result, time.monotonic() - start

    async def all_rows():
        async with Client(SETTINGS, roads.network) as client:
            hosts = asyncio.Semaphore(16)

            async def bounded(number: int):
                async with hosts:
                    return await one(client, number)

            return await asyncio.gather(*(bounded(number) for number in range(len(ROWS))))

    server.requests.clear()
    results = asyncio.run(all_rows())
    return SimpleNamespace(results=results, roads=roads)


@pytest.mark.parametrize("number", range(len(ROWS)), ids=[f"{row.get('host', '')}{row['path'][:60]}" for row in ROWS])
def test_outcome(outcomes, number):
    row, (result, seconds) = ROWS[number], outcomes.results[number]
    found = "page" if isinstance(result, Page) else result.code
    assert found == row["outcome"], result
    assert row.get("says", "") in str(result)
    assert seconds < DEADLINE + 1
    if isinstance(result, Page) and "body" in row:
        assert result.body.decode() == row["body"]
    elif isinstance(result, Page) and not row["path"].startswith("/refresh-to?"):
        marker = b"M\0a\0r\0k\0e\0r" if row["path"] == "/charset-bom" else b"Marker"
        assert marker in result.body
        assert b"EVIL" not in result.body


def test_only_allowed_addresses_are_dialled(outcomes):
    assert set(outcomes.roads.dialled) <= {PUBLIC, "2606:2800:220:1::1"}
    assert all(refusal(address) is None for address in outcomes.roads.dialled)
    assert outcomes.roads.dialled
