"""How a sequential JPEG lays out its blocks: components, MCUs, restart intervals, tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import Longs
from engine.photo.jpeg import segments as jpeg
from engine.photo.jpeg.huffman import Table, tables_of
from engine.photo.jpeg.scan import Stream, unstuff
from engine.photo.limits import Refusal

SEQUENTIAL = frozenset({0xC0, 0xC1})
DHT, DRI = 0xC4, 0xDD


@dataclass(frozen=True)
class Slot:
    """Describe one block of an MCU: its component and its row and column among that one's."""

    component: int
    row: int
    column: int


@dataclass(frozen=True, eq=False)
class Layout:
    """Describe the one scan of a sequential JPEG.

    ``sampling`` (h, v) and ``quantisation`` (64,) in zigzag order per component; ``slots`` the
    blocks of an MCU; ``columns`` x ``rows`` MCUs; ``interval`` MCUs between restarts; ``tables``
    by (kind, number), ``selectors`` (DC, AC) number per component; ``data``: where the
    entropy-coded data begins and ends in the file.
    """

    width: int
    height: int
    sampling: tuple[tuple[int, int], ...]
    quantisation: tuple[Longs, ...]
    slots: tuple[Slot, ...]
    columns: int
    rows: int
    interval: int
    tables: dict[tuple[int, int], Table]
    selectors: tuple[tuple[int, int], ...]
    data: tuple[int, int]

    @property
    def mcus(self) -> int:
        """Return the number of MCUs."""
        return self.columns * self.rows

    @property
    def mcu_size(self) -> tuple[int, int]:
        """Return the (width, height) of an MCU in pixels."""
        return 8 * max(h for h, _ in self.sampling), 8 * max(v for _, v in self.sampling)

    @property
    def intervals(self) -> Longs:
        """Return how many MCUs each restart interval holds."""
        full, rest = divmod(self.mcus, self.interval)
        return np.array([self.interval] * full + [rest] * (rest > 0), np.int64)

    @property
    def component(self) -> Longs:
        """Return the component of each block of an MCU."""
        return np.array([slot.component for slot in self.slots], np.int64)

    def coding(self) -> tuple[list[Table], list[Table]]:
        """Return the DC and the AC table of each block of an MCU."""
        chosen = [self.selectors[slot.component] for slot in self.slots]
        return [self.tables[0, dc] for dc, _ in chosen], [self.tables[1, ac] for _, ac in chosen]


def layout_of(carry: jpeg.JpegCarry) -> Layout:
    """Return the layout of a JPEG with one sequential Huffman scan.

    Raises:
        Refusal: it is of another kind.
    """
    file, frame = carry.file, carry.frame
    segments = list(jpeg.walk(file))
    scans = [segment for segment in segments if segment.marker == jpeg.SOS]
    if frame.marker not in SEQUENTIAL or frame.precision != 8 or len(scans) != 1:
        raise Refusal("it is not one sequential scan")
    tables: dict[tuple[int, int], Table] = {}
    interval = 0
    for segment in segments[: segments.index(scans[0])]:
        if segment.marker == DHT:
            tables |= tables_of(segment.body)
        elif segment.marker == DRI:
            interval = int.from_bytes(segment.body[:2], "big")
    start = scans[0].at + len(scans[0].body)
    data = start, jpeg.scan_end(file, start)
    selectors = _selectors(scans[0].body, frame, tables)
    return grid_of(carry, segments, tables, selectors, interval, data)


def grid_of(
    carry: jpeg.JpegCarry,
    segments: list[jpeg.Segment],
    tables: dict[tuple[int, int], Table],
    selectors: tuple[tuple[int, int], ...],
    interval: int = 0,
    data: tuple[int, int] = (0, 0),
) -> Layout:
    """Return the layout that the frame and the given coding make.

    Raises:
        Refusal: the components are not luma and chroma.
    """
    frame = carry.frame
    if len(frame.components) not in (1, 3) or not _is_ycc(segments, frame):
        raise Refusal("its components are not luma and chroma")
    sampling = frame.sampling if len(frame.components) > 1 else ((1, 1),)
    wide, tall = 8 * max(h for h, _ in sampling), 8 * max(v for _, v in sampling)
    columns, rows = -(-frame.width // wide), -(-frame.height // tall)
    return Layout(
        frame.width,
        frame.height,
        sampling,
        tuple(np.array(carry.tables[number]) for _, _, _, number in frame.components),
        tuple(
            Slot(component, row, column)
            for component, (h, v) in enumerate(sampling)
            for row in range(v)
            for column in range(h)
        ),
        columns,
        rows,
        interval or columns * rows,
        tables,
        selectors,
        data,
    )


def _slots_by_component(layout: Layout) -> list[list[int]]:
    slots = list(enumerate(layout.slots))
    components = range(len(layout.sampling))
    return [[i for i, slot in slots if slot.component == one] for one in components]


def dc_levels(layout: Layout, differences: Longs) -> Longs:
    """Sum the DC differences (MCUs, blocks of an MCU) up, each component from each restart on."""
    levels = np.empty_like(differences)
    starts = np.arange(0, layout.mcus, layout.interval)
    for slots in _slots_by_component(layout):
        steps = differences[:, slots]
        sums = np.cumsum(steps.ravel()).reshape(steps.shape)
        before = sums[starts, 0] - steps[starts, 0]
        levels[:, slots] = sums - np.repeat(before, layout.intervals)[:, None]
    return levels


def _selectors(
    body: bytes, frame: jpeg.Frame, tables: dict[tuple[int, int], Table]
) -> tuple[tuple[int, int], ...]:
    count = body[0]
    if len(body) != 4 + 2 * count or count != len(frame.components):
        raise Refusal("its scan does not hold every component")
    chosen = {body[1 + 2 * i]: body[2 + 2 * i] for i in range(count)}
    pairs = tuple((chosen[c[0]] >> 4, chosen[c[0]] & 15) for c in frame.components)
    if any((0, dc) not in tables or (1, ac) not in tables for dc, ac in pairs):
        raise Refusal("the file is damaged (a Huffman table is missing)")
    return pairs


def _is_ycc(segments: list[jpeg.Segment], frame: jpeg.Frame) -> bool:
    """Tell whether decoders take the components for luma and chroma, as libjpeg decides it."""
    if len(frame.components) == 1:
        return True
    bodies = {s.marker: s.body for s in reversed(segments) if s.marker in (jpeg.APP0, jpeg.APP14)}
    if bodies.get(jpeg.APP0, b"").startswith(b"JFIF\0"):
        return True
    adobe = bodies.get(jpeg.APP14, b"")
    if adobe.startswith(b"Adobe") and len(adobe) >= 12:
        return adobe[11] == 1
    return [component[0] for component in frame.components] != [0x52, 0x47, 0x42]


def scan_of(carry: jpeg.JpegCarry) -> tuple[Layout, Stream]:
    """Return how a sequential JPEG lays out its blocks, and their data.

    Raises:
        Refusal: it is of another kind or damaged.
    """
    layout = layout_of(carry)
    stream = unstuff(carry.file[slice(*layout.data)])
    if stream.starts.size != layout.intervals.size:
        raise Refusal("the file is damaged (restart markers are missing)")
    return layout, stream
