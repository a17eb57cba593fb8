"""The colours that an AV1 picture tells of itself, where no box around it does.

Layout: AV1 Bitstream & Decoding Process Specification, 5.3 to 5.5 (OBU and sequence headers).
"""

from __future__ import annotations

_SEQUENCE = 1
_MOST = 16
"""Headers looked at before the sequence header, which comes first or second."""


class _Bits:
    """Read numbers of so many bits, one after the other; behind the end there are zeros."""

    def __init__(self, data: bytes) -> None:
        self._all, self._left = int.from_bytes(data, "big"), 8 * len(data)

    def __call__(self, count: int = 1) -> int:
        """Return the next ``count`` bits as a number."""
        self._left -= count
        if self._left < 0:
            return 0
        return self._all >> self._left & ((1 << count) - 1)

    def variable(self) -> None:
        """Pass over a number of the length that leading zeros tell."""
        zeros = 0
        while zeros < 32 and not self():
            zeros += 1
        self(zeros % 32)


def colour_numbers(data: bytes) -> tuple[int, int] | None:
    """Return (primaries, transfer) of a coded picture's sequence header, None where it is silent.

    Args:
        data: the picture's OBUs, or their beginning.
    """
    at = 0
    for _ in range(_MOST):
        if at >= len(data):
            return None
        head = data[at]
        kind, extended, sized = head >> 3 & 15, head >> 2 & 1, head >> 1 & 1
        at += 1 + extended
        size = len(data) - at
        if sized:
            size, at = _leb128(data, at)
        if kind == _SEQUENCE:
            return _colours(_Bits(data[at : at + min(size, 256)]))
        at += size
    return None


def _leb128(data: bytes, at: int) -> tuple[int, int]:
    """Return a number of 7 bits a byte, the least ones first, and where it ends."""
    value = 0
    for place in range(8):
        byte = data[at] if at < len(data) else 0
        at += 1
        value |= (byte & 127) << (7 * place)
        if byte < 128:
            break
    return value, at


def _colours(bits: _Bits) -> tuple[int, int] | None:
    """Return what color_config says, read up to there."""
    profile, _, reduced = bits(3), bits(), bits()
    if reduced:
        bits(5)
    else:
        _operating_points(bits)
    wide, tall = bits(4) + 1, bits(4) + 1
    bits(wide + tall)
    if not reduced and bits():
        bits(7)
    bits(3)
    if not reduced:
        _tools(bits)
    bits(3)
    deep = bits()
    if profile == 2 and deep:
        bits()
    if profile != 1:
        bits()
    return (bits(8), bits(8)) if bits() else None


def _operating_points(bits: _Bits) -> None:
    """Pass over times and operating points."""
    delay = 0
    if bits():
        bits(64)
        if bits():
            bits.variable()
        if bits():
            delay = bits(5) + 1
            bits(42)
    shown = bits()
    for _ in range(bits(5) + 1):
        bits(12)
        if bits(5) > 7:
            bits()
        if delay and bits():
            bits(2 * delay + 1)
        if shown and bits():
            bits(4)


def _tools(bits: _Bits) -> None:
    """Pass over the coding tools of films."""
    bits(4)
    ordered = bits()
    if ordered:
        bits(2)
    forced = 2 if bits() else bits()
    if forced and not bits():
        bits()
    if ordered:
        bits(3)
