"""The tables of encodings, metadata sources, tracking parameters and words of page fields are well formed."""

import codecs
import tomllib
from pathlib import Path

import pytest

from scraper.metadata import Metadata

ROOT = Path(__file__).resolve().parent.parent


def table(name: str) -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((ROOT / "scraper" / "data" / name).read_text("utf-8"))


def lines(path: str) -> list[str]:
    return [line for line in (ROOT / path).read_text("utf-8").splitlines() if not line.startswith("#")]


def test_every_label_has_one_encoding_and_every_codec_exists() -> None:
    seen: dict[str, str] = {}
    for name, entry in table("encodings.toml").items():
        assert codecs.lookup(str(entry["codec"]))
        assert entry["labels"] == sorted(set(entry["labels"]))
        assert name in entry["labels"] or name == "x-mac-cyrillic"
        for label in entry["labels"]:
            assert label == label.lower().strip() and label not in seen
            seen[label] = name
    assert len(seen) > 200


def test_every_metadata_source_feeds_one_field() -> None:
    fields = table("metadata.toml")["fields"]
    sources = [source for listed in fields.values() for source in listed]
    assert len(sources) == len(set(sources))
    assert set(fields) <= set(Metadata.__struct_fields__)
    assert all(source.startswith(("json-ld:", "meta:", "link:")) or source == "html:lang" for source in sources)
    assert all(source == source.lower() for source in sources if source.startswith(("meta:", "link:")))


def test_metadata_types_and_labels_are_listed_once() -> None:
    types = [kind for listed in table("metadata.toml")["types"].values() for kind in listed]
    assert len(types) == len(set(types))
    labels = table("metadata.toml")["labels"]["author"]
    assert labels == [label.casefold() for label in labels] and len(labels) == len(set(labels))


@pytest.mark.parametrize("path", ["normalise/data/tracking_parameters.txt", "scraper/data/no_sections.txt"])
def test_lists_are_sorted_without_repeats_and_in_lower_case(path: str) -> None:
    listed = lines(path)
    assert listed == sorted(set(listed))
    assert listed == [line.lower() for line in listed]


@pytest.mark.parametrize("key", ["furniture", "no_alt"])
def test_image_words_are_listed_once(key: str) -> None:
    listed = table("images.toml")[key]
    assert len(listed) == len(set(listed))
    assert all(word == word.casefold() for word in listed)


@pytest.mark.parametrize("key", ["picture", "source", "agencies", "made"])
def test_credit_words_are_sorted_without_repeats(key: str) -> None:
    for listed in table("credits.toml")[key].values():
        assert listed == sorted(set(listed))
        assert listed == [word.lower() for word in listed]
