"""The published schema of the record."""

import json
from collections.abc import Callable

import jsonschema
import msgspec
import pytest

from normalise.article import Article, BodyBlock, Candidate, DateDetail, Image, Input, Removed, Span
from normalise.schema import record_schema
from tests.conftest import Ran, check_record

FULL = Article(
    headline="Ünïcode \u2028 “quotes” \\ / \x7f 🚢",
    date="2025-07-31",
    date_detail=DateDetail(raw="Thursday, July 31", source="text:line 1", precision="day", inferred=["year"]),
    image=Image(url="https://example.org/a.jpg"),
    sources={"headline": "h1"},
    confidence=100,
    words=3,
    status="ok",
    kind="article",
    blocks=[
        BodyBlock(type="heading", text="H", level=2, spans=[Span(start=0, end=1, type="link", url="https://example.org/")]),
        BodyBlock(type="table", text="", rows=[["a"]], header=True),
    ],
    limits=["depth"],
    markdown="## H",
    html="<h2>H</h2>",
    removed=[Removed(text="Share", reason="share bar", rule="chrome:en:share")],
    candidates={"headline": [Candidate(value="H", source="h1", chosen=True)]},
    input=Input(media_type="text/html", charset="utf-8", sha256="0" * 64),
)


def test_the_schema_is_valid_and_versioned() -> None:
    schema = record_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "clip/1" in schema["$id"]


def test_the_command_prints_it(clip: Callable[..., Ran]) -> None:
    assert json.loads(clip("schema").out) == record_schema()


def test_the_emptiest_and_the_fullest_record_are_valid() -> None:
    assert check_record(Article().to_json())["headline"] is None
    assert check_record(FULL.to_json()) == FULL.to_dict()


def test_keys_up_to_id_are_always_there_and_the_rest_only_where_they_are_wanted() -> None:
    keys = [field.encode_name for field in msgspec.structs.fields(Article)]
    always = keys[: keys.index("id") + 1]
    assert sorted(Article().to_dict()) == sorted(always)
    assert sorted(FULL.to_dict()) == sorted(keys)


@pytest.mark.parametrize(
    "change",
    [
        {"headline": 3},
        {"status": "fine"},
        {"extra": 1},
        {"authors": [{"name": "A"}]},
        {"schema": "clip/2"},
        {"words": "3"},
        {"date_detail": {}},
    ],
)
def test_what_is_no_record_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**FULL.to_dict(), **change}, record_schema())


def test_a_missing_key_is_refused() -> None:
    for key in Article().to_dict():
        record = Article().to_dict()
        del record[key]
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(record, record_schema())
