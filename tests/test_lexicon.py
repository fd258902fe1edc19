"""The word data: compiled files equal their sources, and the merge does what it says."""

import importlib.util
from pathlib import Path

import pytest

from normalise import lexicon

_SCRIPT = Path(__file__).parent.parent / "bench" / "compile_lexicon.py"
_SPEC = importlib.util.spec_from_file_location("compile_lexicon", _SCRIPT)
assert _SPEC is not None and _SPEC.loader is not None
compile_lexicon = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(compile_lexicon)

TOPICS = compile_lexicon.topics()


@pytest.mark.parametrize("topic", TOPICS)
def test_compiled_file_equals_its_sources(topic: str) -> None:
    assert lexicon.languages(topic) == compile_lexicon.sources(topic), "run: python bench/compile_lexicon.py"
    assert list(lexicon.languages(topic)) == sorted(lexicon.languages(topic))


@pytest.mark.parametrize("topic", TOPICS)
def test_words_are_clean(topic: str) -> None:
    for language, table in lexicon.languages(topic).items():
        pending: list[object] = [table]
        while pending:
            value = pending.pop()
            if isinstance(value, dict):
                assert all(isinstance(key, str) and key.strip() == key for key in value), language
                pending.extend(value.values())
            elif isinstance(value, list):
                words = [word for word in value if isinstance(word, str)]
                assert len(set(words)) == len(words), f"{language}: duplicates in {words}"
                pending.extend(value)
            elif isinstance(value, str):
                assert value.strip() and "\n" not in value, f"{language}: {value!r}"


def test_merge_joins_lists_and_tables_and_keeps_the_first_scalar() -> None:
    merged: lexicon.Table = {}
    first = {"words": ["a", "b"], "order": "dmy", "roles": {"editor": ["ed"]}}
    lexicon.merge(merged, first)
    lexicon.merge(merged, {"words": ["b", "c"], "order": "mdy", "roles": {"editor": ["éd"], "staff": ["x"]}})
    assert merged == {"words": ["a", "b", "c"], "order": "dmy", "roles": {"editor": ["ed", "éd"], "staff": ["x"]}}
    assert first == {"words": ["a", "b"], "order": "dmy", "roles": {"editor": ["ed"]}}


def test_load_is_cached_and_an_unknown_topic_is_an_error() -> None:
    assert lexicon.load(TOPICS[0]) is lexicon.load(TOPICS[0])
    with pytest.raises(FileNotFoundError):
        lexicon.load("no-such-topic")
