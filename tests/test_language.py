"""Language tags and the check against the text."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalise import language as language_module
from normalise.language import agree, common_words, detect_language, letters_of, parse_language, reads_like, script_of

TEXTS: dict[str, str] = json.loads((Path(__file__).parent / "cases" / "encoding.json").read_text("utf-8"))["texts"]
LONG = {name: text for name, text in TEXTS.items() if len(text) > 100}


@pytest.mark.parametrize(
    ("declared", "tag"),
    [
        ("en", "en"),
        ("EN-us", "en-US"),
        ("en_US.UTF-8", "en-US"),
        ("de_DE@euro", "de-DE"),
        ("zh-hans-cn", "zh-Hans-CN"),
        ("zh-TW", "zh-TW"),
        ("es-419", "es-419"),
        ("sr-Latn", "sr-Latn"),
        ("iw", "he"),
        ("deu", "de"),
        ("fil", "fil"),
        (" pt-br ", "pt-BR"),
        ("en-GB-oed", "en-GB"),
        ("english", None),
        ("xyz", None),
        ("", None),
        ("e", None),
        ("{{ lang }}", None),
        ("en,de", None),
        ("x" * 10_000, None),
    ],
)
def test_parse_language(declared: str, tag: str | None) -> None:
    assert parse_language(declared) == tag


@pytest.mark.parametrize("name", sorted(LONG))
def test_detection(name: str) -> None:
    found = detect_language(LONG[name] * 2)
    assert found is not None
    assert agree(name.partition("-")[0], found.language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            "Az önkormányzat szerint a közeli parkolóház elegendő helyet kínál, és az első óra ingyenes lesz. A lakók évek óta kérték, "
            "hogy a busz sűrűbben járjon, de a társaság csak most vett új járműveket, és ez nem olcsó.",
            "hu",
        ),
        (
            "पुल बनने के बाद दोनों जिलों के बीच की दूरी कम हो जाएगी और किसानों को अपनी उपज मंडी तक ले जाने में आसानी होगी। मंत्री ने कहा कि काम "
            "समय पर पूरा किया जाएगा और इस पर कोई समझौता नहीं होगा।",
            "hi",
        ),
        (
            "Dükkânın duvarında yüz kadar saat var ve hiçbiri aynı zamanı göstermiyor. Adı Kemal, ama çarşıda herkes ona usta der. "
            "Şimdi yalnızca sabahları çalışıyor, çünkü öğleden sonra ışık başka bir yerden geliyor ve en küçük vidalar büyük görünüyor.",
            "tr",
        ),
        (
            "Masaya kami dahil may sarili na ulit kaming puwesto at hindi na kami nababasa ng ulan, sabi ng isang nagtitinda. Nangako ang "
            "alkalde na pag-aaralan niya ang hiling ng mga tao para sa mas mababang upa.",
            "fil",
        ),
    ],
)
def test_sure_of_short_articles(text: str, language: str) -> None:
    assert detect_language(text) == (language, True)


@pytest.mark.parametrize(
    "text", ["", "Hello", "12 345 678", "ACME XR-200 4K HDMI 60 Hz 16 GB RAM 512 GB SSD USB-C Wi-Fi 6E Bluetooth 5.2 " * 3, "?" * 500]
)
def test_too_little_or_no_language(text: str) -> None:
    assert detect_language(text) is None


def test_reads_like_says_yes_only_to_the_right_one() -> None:
    assert reads_like(TEXTS["de"] * 2, "de-AT")
    assert not reads_like(TEXTS["de"] * 2, "en")
    assert not reads_like("", "de")
    assert not reads_like(TEXTS["de"], "tlh")


def test_alike() -> None:
    assert agree("no", "nb") and agree("hr-HR", "sr") and agree("en-US", "en")
    assert not agree("en", "de")


def test_data_is_well_formed() -> None:
    table = language_module._table()
    for name, words in table["words"].items():
        listed = words.split()
        assert len(listed) == len(set(listed)), name
        assert words == words.lower(), name
    assert list(table["words"]) == sorted(table["words"])
    assert list(table["letters"]) == sorted(table["letters"])
    for script, entry in table["scripts"].items():
        assert all(first <= last for first, last in entry["ranges"]), script
    starts, ends, _ = language_module._ranges()
    assert all(end < start for end, start in zip(ends, starts[1:], strict=False))
    assert "the" in common_words("en") and not common_words("tlh")
    assert "ß" in letters_of("de")
    assert script_of("ж") == "Cyrl" and script_of("!") is None


@given(st.text(max_size=300))
def test_never_raises(text: str) -> None:
    found = detect_language(text)
    assert found is None or parse_language(found.language) == found.language
    tag = parse_language(text)
    assert tag is None or parse_language(tag) == tag
