"""Read every coefficient of a progressive JPEG (ITU-T T.81, annex G).

A band's first pass tells its coefficients from some bit on, each later one a bit more: what a bit
means there depends on the coefficients already known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Longs
from engine.photo.jpeg import segments as jpeg
from engine.photo.jpeg.blocks import read_differences
from engine.photo.jpeg.huffman import Table, tables_of
from engine.photo.jpeg.layout import DHT, DRI
from engine.photo.jpeg.scan import Stream, checked, unstuff
from engine.photo.limits import Refusal

PROGRESSIVE = 0xC2

Plane = NDArray[np.int16]
"""The blocks (rows, columns, 64) of one component in zigzag order, whole MCUs."""


@dataclass(frozen=True, eq=False)
class _Scan:
    """Describe one scan: its components, band, approximation, tables, restarts and data."""

    components: tuple[int, ...]
    dc: tuple[int, ...]
    ac: int
    first: int
    last: int
    high: int
    low: int
    interval: int
    stream: Stream


@dataclass(eq=False)
class _State:
    """Hold the picture while its scans are read."""

    frame: jpeg.Frame
    planes: list[Plane]
    tables: dict[tuple[int, int], Table] = field(default_factory=dict)

    @property
    def mcus(self) -> tuple[int, int]:
        """Return the rows and columns of MCUs."""
        h, v = self.frame.sampling[0] if len(self.planes) > 1 else (1, 1)
        return self.planes[0].shape[0] // v, self.planes[0].shape[1] // h

    def own_blocks(self, component: int) -> tuple[int, int]:
        """Return the rows and columns of blocks a scan of this component alone holds."""
        wide = max(h for h, _ in self.frame.sampling)
        tall = max(v for _, v in self.frame.sampling)
        h, v = self.frame.sampling[component]
        # the component's samples are rounded up, then their blocks
        width, height = -(-self.frame.width * h // wide), -(-self.frame.height * v // tall)
        return -(-height // 8), -(-width // 8)


def planes_of(carry: jpeg.JpegCarry) -> list[Plane]:
    """Return the blocks of every component of a progressive JPEG.

    Raises:
        Refusal: it is damaged or of another kind.
    """
    frame = carry.frame
    if frame.marker != PROGRESSIVE or frame.precision != 8:
        raise Refusal("it is not progressive")
    sampling = frame.sampling if len(frame.components) > 1 else ((1, 1),)
    wide, tall = 8 * max(h for h, _ in sampling), 8 * max(v for _, v in sampling)
    rows, columns = -(-frame.height // tall), -(-frame.width // wide)
    planes = [np.zeros((rows * v, columns * h, 64), np.int16) for h, v in sampling]
    state = _State(frame, planes)
    for scan in _scans(carry, state):
        if scan.first == 0:
            (_read_dc if scan.high == 0 else _refine_dc)(state, scan)
        elif len(scan.components) == 1:
            _read_band(state, scan)
        else:
            raise Refusal("the file is damaged (a band of several components)")
    return planes


def check_complete(carry: jpeg.JpegCarry) -> None:
    """Refuse a progressive JPEG unless its scans tell every bit of every coefficient.

    Raises:
        Refusal: the file ends before the picture does, or is damaged.
    """
    planes = planes_of(carry)
    missing = np.full((len(planes), 64), 255)
    for scan in _scans(carry, _State(carry.frame, planes)):
        missing[list(scan.components), scan.first : scan.last + 1] = scan.low
    if missing.any():
        raise Refusal("the file is damaged (its data ends too early)")


def _scans(carry: jpeg.JpegCarry, state: _State) -> Iterator[_Scan]:
    """Yield the scans in order, the tables in ``state`` as they are by then."""
    interval = 0
    numbers = [component[0] for component in carry.frame.components]
    for marker, body, at in jpeg.walk(carry.file):
        if marker == DHT:
            state.tables |= tables_of(body)
        elif marker == DRI:
            interval = int.from_bytes(body[:2], "big")
        elif marker == jpeg.SOS:
            count = body[0]
            chosen = [(body[1 + 2 * i], body[2 + 2 * i]) for i in range(count)]
            first, last, levels = body[1 + 2 * count : 4 + 2 * count]
            if last > 63 or first > last or any(c not in numbers for c, _ in chosen):
                raise Refusal("the file is damaged (a scan of nothing)")
            start = at + len(body)
            yield _Scan(
                tuple(numbers.index(c) for c, _ in chosen),
                tuple(t >> 4 for _, t in chosen),
                chosen[0][1] & 15,
                first,
                last,
                levels >> 4,
                levels & 15,
                interval,
                unstuff(carry.file[start : jpeg.scan_end(carry.file, start)]),
            )


def _order(state: _State, scan: _Scan) -> tuple[list[tuple[int, Longs]], int]:
    """Return (component, flat block numbers in scan order) per block of an MCU, and the MCUs."""
    if len(scan.components) == 1:
        component = scan.components[0]
        rows, columns = state.own_blocks(component)
        stride = state.planes[component].shape[1]
        own = np.arange(rows)[:, None] * stride + np.arange(columns)
        return [(component, own.ravel())], own.size
    rows, columns = state.mcus
    out = []
    for component in scan.components:
        h, v = state.frame.sampling[component]
        stride = state.planes[component].shape[1]
        for row in range(v):
            for column in range(h):
                corners = np.arange(rows)[:, None] * v * stride + np.arange(columns) * h
                out.append((component, (corners + row * stride + column).ravel()))
    return out, rows * columns


def _intervals(scan: _Scan, mcus: int) -> Longs:
    interval = scan.interval or mcus
    full, rest = divmod(mcus, interval)
    counts = np.array([interval] * full + [rest] * (rest > 0), np.int64)
    if counts.size != scan.stream.starts.size:
        raise Refusal("the file is damaged (restart markers are missing)")
    return counts


def _read_dc(state: _State, scan: _Scan) -> None:
    order, mcus = _order(state, scan)
    table_of = dict(zip(scan.components, scan.dc, strict=True))
    tables = [_table(state, 0, table_of[component]) for component, _ in order]
    counts = _intervals(scan, mcus)
    found = read_differences(scan.stream, counts, tables)
    begins = np.cumsum(counts) - counts
    for component in scan.components:
        own = [i for i, (c, _) in enumerate(order) if c == component]
        where = np.stack([order[i][1] for i in own], axis=1).ravel()
        steps = found[:, own].ravel()
        sums = np.cumsum(steps)
        before = (sums - steps)[begins * len(own)]
        levels = sums - np.repeat(before, counts * len(own))
        flat = state.planes[component].reshape(-1, 64)
        flat[where, 0] = levels << scan.low


def _check_end(last: int, scan: _Scan) -> None:
    if last > scan.stream.ends[-1]:
        raise Refusal("the file is damaged (its data ends too early)")


def _refine_dc(state: _State, scan: _Scan) -> None:
    order, mcus = _order(state, scan)
    counts = _intervals(scan, mcus) * len(order)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    at = np.repeat(scan.stream.starts, counts) + within
    if at.size:
        _check_end(int(at[-1]) + 1, scan)
    bits = (scan.stream.bytes[at >> 3] >> (7 - (at & 7)) & 1).reshape(mcus, len(order))
    for i, (component, where) in enumerate(order):
        flat = state.planes[component].reshape(-1, 64)
        flat[where, 0] |= bits[:, i].astype(np.int16) << scan.low


def _read_band(state: _State, scan: _Scan) -> None:
    """Read a pass over a band, the first or a later one."""
    from engine.photo.jpeg.loops import bands

    ((component, where),), mcus = _order(state, scan)
    stream, counts = scan.stream, _intervals(scan, mcus)
    read = bands.read_band if scan.high == 0 else bands.refine_band
    each = stream.starts, stream.ends, counts, _table(state, 1, scan.ac).lookup
    flat, band = state.planes[component].reshape(-1, 64), (scan.first, scan.last)
    checked(read(stream.bytes, stream.last, *each, flat, where, band, scan.low))


def _table(state: _State, kind: int, number: int) -> Table:
    if (kind, number) not in state.tables:
        raise Refusal("the file is damaged (a Huffman table is missing)")
    return state.tables[kind, number]
