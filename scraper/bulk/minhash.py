"""MinHash: a text as a few bytes that are nearly equal where texts are."""

from scraper.errors import ConfigError

PERMUTATIONS = 128
BANDS = 32  # of 4 values: pages of Jaccard similarity 0.8 share a band with probability 0.99999, of 0.5 with 0.87, of 0.2 with 0.05
SHINGLE = 3  # words
SEED = 1
_BYTES = 4  # of a value


def signature_of(text: str) -> bytes:
    """Return the MinHash of a text's shingles of words; b"" for one without words. Needs the extra `dedup`."""
    try:
        from rensa import RMinHash
    except ImportError:
        raise ConfigError("--duplicates near: install article-clip[dedup]") from None
    words = text.lower().split()
    if not words:
        return b""
    shingles = [" ".join(words[place : place + SHINGLE]) for place in range(max(1, len(words) - SHINGLE + 1))]
    minhash = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    minhash.update(shingles)
    return b"".join(value.to_bytes(_BYTES, "little") for value in minhash.digest())


def similarity(one: bytes, other: bytes) -> float:
    """Return the share of equal values of two signatures."""
    equal = sum(one[place : place + _BYTES] == other[place : place + _BYTES] for place in range(0, len(one), _BYTES))
    return equal * _BYTES / max(len(one), 1)


def bands_of(signature: bytes) -> list[int]:
    """Return one number for each band of a signature: texts that share one are worth comparing."""
    import hashlib

    size = len(signature) // BANDS
    parts = (signature[place : place + size] for place in range(0, len(signature), size))
    return [int.from_bytes(hashlib.blake2b(part, digest_size=8).digest(), "little", signed=True) for part in parts]
