"""Mail: messages and mailboxes."""

from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scraper
from scraper.errors import Failure
from scraper.page import Page
from scraper.readers import Found, Reading, find, load
from scraper.readers.mail import text_message

PARAGRAPHS = ["The ferry will keep running, the council decided – größer than before. " * 5, "It was the first vote on the matter. " * 5]
TEXT = "\n\n".join(PARAGRAPHS) + "\n"


def message(subject: str = "The ferry – größer", **content: Any) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "Jane Roë <jane@example.org>", "list@example.org", subject
    made["Date"] = "Sun, 02 Mar 2025 10:00:00 +0100"
    made.set_content(TEXT, **content)
    return made


def mailbox(*messages: EmailMessage) -> bytes:
    lines = b"From jane at example.org  Sun Mar  2 10:00:00 2025\n"
    return b"".join(lines + bytes(one).replace(b"\nFrom ", b"\n>From ") + b"\n" for one in messages)


def pages(path: Path, data: bytes, **options: Any) -> list[Page | Failure]:
    path.write_bytes(data)
    return [load(found) if isinstance(found, Found) else found for found in find(str(path), Reading(**options))]


@pytest.mark.parametrize("encoding", ["8bit", "quoted-printable", "base64"])
@pytest.mark.parametrize("charset", ["utf-8", "windows-1252"])
def test_a_message_of_text(tmp_path: Path, encoding: str, charset: str) -> None:
    (page,) = pages(tmp_path / "a.eml", bytes(message(cte=encoding, charset=charset)))
    assert isinstance(page, Page)
    record = scraper.clean(page)
    assert (record.headline, record.byline, record.date) == ("The ferry – größer", "Jane Roë", "2025-03-02T10:00:00+01:00")
    assert record.body == "\n\n".join(paragraph.strip() for paragraph in PARAGRAPHS)


def test_html_comes_first_and_attachments_are_none(tmp_path: Path) -> None:
    both, attached = message(), message()
    both.add_alternative("<p>shown</p>", subtype="html")
    attached.add_attachment("<p>attached</p>", subtype="html", filename="a.html")
    (page,) = pages(tmp_path / "a.eml", bytes(both))
    assert isinstance(page, Page) and (page.media_type, page.body) == ("text/html", b"<p>shown</p>\n")
    (page,) = pages(tmp_path / "b.eml", bytes(attached))
    assert isinstance(page, Page) and page.media_type == "text/plain" and b"keep running" in page.body and b"attached" not in page.body


def test_a_mailbox_is_its_messages(tmp_path: Path) -> None:
    quoting = message("Two")
    quoting.set_content("Above.\n\nFrom where we stand it is far.\n\nFrom jane Sun Mar  2 10:00:00 2025\n")
    found = pages(tmp_path / "x.mbox", mailbox(message("One"), quoting, message("Three")))
    assert [Path(page.origin or "").name for page in found if isinstance(page, Page)] == ["1", "2", "3"]
    assert all(page.origin and page.origin.startswith(str(tmp_path / "x.mbox!/")) for page in found if isinstance(page, Page))
    bodies = [page.body.decode() for page in found if isinstance(page, Page)]
    assert [body.splitlines()[0] for body in bodies] == ["Subject: One", "Subject: Two", "Subject: Three"]
    assert "\nFrom where we stand it is far.\n\nFrom jane Sun" in bodies[1]


def test_messages_older_than_mime(tmp_path: Path) -> None:
    data = f"From jane at example.org  Mon Mar  3 10:00:00 1997\nFrom: jane at example.org (Jane Roe)\nSubject: Re: The ferry\n\n{TEXT}"
    (page,) = pages(tmp_path / "1997-March.txt", data.encode())
    assert isinstance(page, Page)
    record = scraper.clean(page)
    assert (record.headline, record.byline) == ("The ferry", "Jane Roe") and record.body.startswith(PARAGRAPHS[0][:40])


def test_a_message_that_is_too_long_costs_no_other(tmp_path: Path) -> None:
    long = message("Long")
    long.set_content("x" * 70 + "\n" + "a line of it\n" * 20_000)
    first, second, third = pages(tmp_path / "x.mbox", mailbox(message("One"), long, message("Three")), max_page=100_000)
    assert isinstance(first, Page) and isinstance(third, Page)
    assert isinstance(second, Failure) and (second.error, second.input) == ("too-large", str(tmp_path / "x.mbox!/2"))


def test_text_that_begins_like_a_mailbox_is_text(tmp_path: Path) -> None:
    for start in ("From 10:00 to 12:00 the ferry runs.\n", "From jane at example.org  Sun Mar  2 10:00:00 2025\nand so on\n"):
        (page,) = pages(tmp_path / "a.txt", (start + TEXT).encode())
        assert isinstance(page, Page) and page.origin == str(tmp_path / "a.txt")


@given(
    st.dictionaries(st.sampled_from(["from", "subject", "date"]), st.text('=?utf-8bqQB<>@,"(x\n\u00e4') | st.text(), max_size=3),
    st.binary(max_size=50),
    st.none() | st.sampled_from(["utf-8", "hex", "no-such", "", "utf-16", "\0"]),
)
def test_any_headers_give_a_page(headers: dict[str, str], body: bytes, charset: str | None) -> None:
    assert text_message(headers, body, charset, "a").body.decode()
