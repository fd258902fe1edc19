"""Rendering in a real Chromium, which must not get a packet past the client."""

import shutil
import time

import pytest

from scraper.config import Fetching
from scraper.errors import ConfigError, InputError
from scraper.fetch.client import fetch_page
from tests.server import PUBLIC

pytest.importorskip("playwright", reason="rendering needs the extra `render`")
pytestmark = pytest.mark.skipif(
    not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), reason="no Chromium on the PATH"
)


def render(roads, url, deadline=20):
    return fetch_page(url, Fetching(render=True, deadline=deadline, delay=0), roads.network)


def test_an_article_built_by_script(roads, server):
    page = render(roads, "http://app.test/app")
    assert b"Marker of the story." in page.body
    assert (page.url, page.media_type, page.charset) == ("http://app.test/app", "text/html", "utf-8")
    assert b"refused refused refused refused closed</p>" in page.body  # every probe of the page's own
    assert set(roads.dialled) == {PUBLIC}
    assert server.requests["app.test", "/picture.png"] == 0
    assert server.requests["app.test", "/app"] == 1


def test_a_page_that_never_rests_ends_at_the_deadline(roads):
    start = time.monotonic()
    with pytest.raises(InputError) as late:
        render(roads, "http://app.test/app-busy", deadline=4)
    assert late.value.code == "timeout"
    assert time.monotonic() - start < 4 + 8  # the browser is given a few seconds to end


@pytest.mark.parametrize("target", ["http://127.0.0.1/", "http://private.test/", "http://169.254.169.254/latest/meta-data/"])
def test_a_script_leads_nowhere_private(roads, target):
    with pytest.raises(InputError) as refused:
        render(roads, f"http://app.test/app-away?{target}")
    assert refused.value.code in ("blocked", "network-error")
    assert set(roads.dialled) == {PUBLIC}


def test_a_script_may_lead_to_another_page(roads):
    page = render(roads, "http://app.test/app-away?/ok")
    assert page.url == "http://app.test/ok" and b"Marker /ok." in page.body


def test_downloads_popups_and_dialogs_come_to_nothing(roads):
    assert b"<p>Text</p>" in render(roads, "http://app.test/app-download").body


def test_a_browser_that_cannot_be_started_is_named(roads):
    with pytest.raises(ConfigError, match="/bin/true cannot be started as Chromium"):
        fetch_page("http://a.test/ok", Fetching(render=True, browser="/bin/true", delay=0), roads.network)


def test_robots_holds_for_the_page_that_a_script_leads_to(roads, server):
    with pytest.raises(InputError) as refused:
        render(roads, "http://app.test/app-away?http://robots-deny.test/ok")
    assert refused.value.code == "robots"
    assert not server.requests["robots-deny.test", "/ok"]
