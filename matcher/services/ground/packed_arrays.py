"""Named arrays as bytes, of a file or on their way: one digest over the names and the arrays as they lie in memory."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from matcher.errors import StoreError

DIGEST_BYTES: Final = 32
LENGTH_BYTES: Final = 8
ALIGNED: Final = 64


class _Entry(NamedTuple):
    dtype: str
    shape: tuple[int, ...]


_CONTENTS: Final = msgspec.json.Decoder(dict[str, _Entry])


def packed(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The arrays, each contiguous and little-endian, at steps of ALIGNED bytes; the same bytes for the same arrays."""
    told = {name: _Entry(array.dtype.str, array.shape) for name, array in arrays.items()}
    contents = msgspec.json.encode(told)
    body = bytearray(len(contents).to_bytes(LENGTH_BYTES, "little") + contents)
    for array in arrays.values():
        body += bytes(-len(body) % ALIGNED)
        body += np.ascontiguousarray(array).tobytes()
    return _digest(body) + bytes(body)


def unpacked(body: bytes) -> dict[str, NDArray[Any]]:
    """The arrays, which lie in `body` and are not to be written to. StoreError where a byte differs or is missing."""
    view = memoryview(body)[DIGEST_BYTES:]
    if _digest(view) != body[:DIGEST_BYTES]:
        raise StoreError("the arrays are damaged or cut off", remedy="Make them anew.")
    at = LENGTH_BYTES + int.from_bytes(view[:LENGTH_BYTES], "little")
    try:
        contents = _CONTENTS.decode(view[LENGTH_BYTES:at])
    except msgspec.MsgspecError as error:
        raise StoreError(f"the arrays are of another version: {error}", remedy="Make them anew.") from None
    found = {}
    for name, entry in contents.items():
        at += -at % ALIGNED
        kind, n = np.dtype(entry.dtype), int(np.prod(entry.shape, dtype=np.int64))
        found[name] = np.frombuffer(view, kind, n, at).reshape(entry.shape)
        at += n * kind.itemsize
    return found


def _digest(body: bytes | bytearray | memoryview) -> bytes:
    return blake2b(body, digest_size=DIGEST_BYTES).digest()
