"""Content codings: what was encoded comes back, however it is cut up, and never more than a piece at a time."""

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.fetch.decode import Decoder
from scraper.fetch.faults import FetchError
from tests.server.pages import bomb, zipped, zstandard

CODERS = {
    "gzip": zipped,
    "deflate": lambda data: zipped(data, 15),
    "br": brotli.compress,
    "zstd": zstandard,
    "gzip, br": lambda data: brotli.compress(zipped(data)),
    "br, zstd": lambda data: zstandard(brotli.compress(data)),
    "": bytes,
    " identity , ": bytes,
}


def decode(coding, data, cut=10**9):
    decoder = Decoder(coding)
    pieces = [piece for start in range(0, len(data), cut) for piece in decoder.feed(data[start : start + cut])]
    decoder.finish()
    assert all(len(piece) <= 131_072 for piece in pieces) or coding.strip(" ,") in ("", "identity")
    return b"".join(pieces)


@pytest.mark.parametrize("coding", CODERS)
@given(data=st.binary(max_size=2_000) | st.integers(0, 300_000), cut=st.integers(1, 5_000))
def test_round_trip(coding, data, cut):
    data = data if isinstance(data, bytes) else b"ab" * (data // 2)
    coded = CODERS[coding](data)
    assert decode(coding, coded, max(cut, len(coded) // 50)) == data


@given(st.sampled_from(["gzip", "deflate", "br", "zstd", "br, gzip"]), st.binary(max_size=300))
def test_garbage_is_an_error_or_ends(coding, data):
    try:
        decode(coding, data)
    except FetchError as error:
        assert error.code in ("network-error", "too-large")


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
@given(share=st.floats(0.05, 0.95))
def test_a_cut_stream_is_never_a_success(coding, share):
    coded = CODERS[coding](bytes(range(256)) * 40)
    with pytest.raises(FetchError, match=r"truncated|broken"):
        decode(coding, coded[: max(1, int(len(coded) * share))])


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_comes_in_pieces(coding):
    decoder, size = Decoder(coding), 0
    for piece in decoder.feed(bomb(coding, 20_000_000)):
        size += len(piece)
        assert len(piece) <= 131_072
        if size > 1_000_000:
            break
    assert size > 1_000_000


@pytest.mark.parametrize(
    ("coding", "code"), [("gzip, gzip, gzip", "too-large"), ("compress", "network-error"), ("gzip\x00", "network-error")]
)
def test_codings_that_are_not_undone(coding, code):
    with pytest.raises(FetchError) as refused:
        Decoder(coding)
    assert refused.value.code == code


@pytest.mark.parametrize("label", ["identity", "none", "UTF-8", "ISO-8859-1", "8bit", "aws-chunked", "", ", utf-8"])
def test_labels_that_name_no_coding(label):
    decoder = Decoder(label)
    assert b"".join(decoder.feed(b"<p>text</p>")) == b"<p>text</p>"
    decoder.finish()


def test_an_empty_body_is_complete_in_every_coding():
    assert [decode(coding, b"") for coding in CODERS] == [b""] * len(CODERS)
