"""Change some blocks of a JPEG and leave all others as they are coded.

Only blocks with a changed pixel are computed anew; the bits of all other blocks are copied, so
that they decode to the very pixels they had, in this and in every later generation.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Pixels
from engine.photo.jpeg import segments as jpeg
from engine.photo.jpeg import write as jpeg_write
from engine.photo.jpeg.bits import BitWriter
from engine.photo.jpeg.blocks import (
    Coding,
    Tokens,
    read_blocks,
    read_differences,
    tokens_of,
    write_blocks,
)
from engine.photo.jpeg.huffman import Table
from engine.photo.jpeg.layout import (
    DHT,
    DRI,
    Layout,
    dc_differences,
    dc_levels,
    layout_of,
    restarts,
)
from engine.photo.jpeg.pixels import changed_cells, replace_blocks, slot_changes
from engine.photo.jpeg.scan import Ints, Stream, block_bits, sequential_steps, unstuff
from engine.photo.limits import Refusal


@dataclass(frozen=True, eq=False)
class Scan:
    """Hold a scan whose blocks have been found.

    ``data`` as the file has it, ``stream`` without stuffing; per MCU and block: ``bits`` where it
    begins in the stream, ``levels`` its DC coefficient.
    """

    layout: Layout
    data: bytes
    stream: Stream
    windows: NDArray[np.uint32]
    bits: Ints
    levels: NDArray[np.int32]


def scan_of(carry: jpeg.JpegCarry) -> Scan:
    """Find every block of a sequential JPEG.

    Raises:
        Refusal: it is of another kind or damaged.
    """
    layout = layout_of(carry)
    data = carry.file[slice(*layout.data)]
    stream = unstuff(data)
    if stream.starts.size != layout.intervals.size:
        raise Refusal("the file is damaged (restart markers are missing)")
    one, per_mcu = layout.coding(1), len(layout.slots)
    dc, ac = ([one.tables[row] for row in rows] for rows in (one.dc, one.ac))
    bits = block_bits(stream, sequential_steps(dc, ac), layout.intervals * per_mcu)
    windows = stream.windows()
    differences = read_differences(windows, bits, layout.coding(layout.mcus))
    shape = (layout.mcus, per_mcu)
    levels = dc_levels(layout, differences.reshape(shape))
    return Scan(layout, data, stream, windows, bits.reshape(shape), levels)


def splice(carry: jpeg.JpegCarry, old: Pixels, new: Pixels) -> bytes:
    """Return the JPEG of ``carry`` without metadata, its blocks replaced where pixels changed.

    Args:
        carry: the source file.
        old: (H, W, 3) uint8 RGB of the source file.
        new: the same with changes.

    Raises:
        Refusal: the file is not coded in a way that allows it.
    """
    scan = scan_of(carry)
    layout = scan.layout
    changed = slot_changes(layout, changed_cells(old, new))
    mcus = _to_rewrite(layout, np.asarray(changed.any(axis=1)))
    if mcus.size == 0:
        return _file(carry, layout.tables, scan.data)
    coding = layout.coding(mcus.size)
    found, _ = read_blocks(scan.windows, scan.bits[mcus].ravel(), coding)
    blocks = found.reshape(mcus.size, -1, 64)
    blocks[:, :, 0] = scan.levels[mcus]
    replace_blocks(layout, new, mcus, changed[mcus], blocks)
    levels = scan.levels.copy()
    levels[mcus] = blocks[:, :, 0]
    blocks[:, :, 0] = dc_differences(layout, levels)[mcus]
    tokens = tokens_of(blocks.reshape(-1, 64))
    tables = _widened(layout, coding, tokens)
    wider = replace(coding, tables=tuple(tables.values()))
    written, ends = write_blocks(tokens, wider, found.shape[0])
    borders = np.concatenate([[0], ends[len(layout.slots) - 1 :: len(layout.slots)]])
    return _file(carry, tables, _joined(scan, mcus, written, borders))


def _to_rewrite(layout: Layout, touched: NDArray[np.bool_]) -> Ints:
    """Return the MCUs to write anew, rising.

    With each touched one goes its follower, whose DC difference changes, and the last one of its
    interval, behind which the padding begins.
    """
    wanted = touched.copy()
    wanted[1:] |= touched[:-1]
    starts = restarts(layout)
    wanted[starts] = touched[starts]
    hit = np.logical_or.reduceat(touched, starts)
    lasts = starts + layout.intervals - 1
    wanted[lasts[hit]] = True
    return np.flatnonzero(wanted)


def _widened(layout: Layout, coding: Coding, tokens: Tokens) -> dict[tuple[int, int], Table]:
    """Return the scan's tables with codes for every symbol that is needed now."""
    row = np.where(tokens.dc, coding.dc[tokens.block], coding.ac[tokens.block])
    tables = {}
    for number, (key, table) in enumerate(layout.tables.items()):
        wider = table.with_symbols(np.unique(tokens.symbol[row == number]))
        if wider is None:
            raise Refusal("its Huffman tables have no room for what is new")
        tables[key] = wider
    return tables


def _joined(scan: Scan, mcus: Ints, written: NDArray[np.uint8], borders: Ints) -> bytes:
    """Return the scan's data with the new bits of ``mcus`` in their places.

    ``written`` holds one bit per element, those of ``mcus[i]`` in ``borders[i]:borders[i + 1]``.
    """
    layout = scan.layout
    parts: list[bytes] = []
    done = 0
    interval_of = mcus // layout.interval
    for interval in np.unique(interval_of).tolist():
        parts.append(scan.data[scan.stream.raw[done] : scan.stream.raw[interval]])
        first, last = np.searchsorted(interval_of, [interval, interval + 1])
        parts.append(_interval(scan, mcus[first:last], written, borders[first : last + 1]))
        done = interval + 1
        if done < layout.intervals.size:
            parts.append(bytes([0xFF, 0xD0 + interval % 8]))
    if done < layout.intervals.size:
        parts.append(scan.data[scan.stream.raw[done] :])
    return b"".join(parts)


def _interval(scan: Scan, mcus: Ints, written: NDArray[np.uint8], borders: Ints) -> bytes:
    """Return one restart interval; its last MCU is among ``mcus``."""
    writer = BitWriter()
    at = int(scan.stream.starts[mcus[0] // scan.layout.interval])
    breaks = np.flatnonzero(np.diff(mcus) != 1) + 1
    edges = [0, *breaks.tolist(), mcus.size]
    for first, last in itertools.pairwise(edges):
        writer.copy(scan.stream.bytes, at, int(scan.bits[mcus[first], 0]))
        writer.bits(written[borders[first] : borders[last]])
        following = int(mcus[last - 1]) + 1
        at = int(scan.bits[following, 0]) if last < mcus.size else at
    return writer.finish()


def _file(carry: jpeg.JpegCarry, tables: dict[tuple[int, int], Table], data: bytes) -> bytes:
    """Return a JPEG with the source's frame and quantisation, and the given tables and data."""
    kept = frozenset({jpeg.DQT, DRI, jpeg.APP14, carry.frame.marker})
    segments = list(jpeg.walk(carry.file))
    scan = next(segment for segment in segments if segment.marker == jpeg.SOS)
    parts = [jpeg_write.pack(s.marker, s.body) for s in segments if s.marker in kept]
    parts += [jpeg_write.pack(DHT, table.pack(*key)) for key, table in tables.items()]
    return b"".join([b"\xff\xd8", *parts, jpeg_write.pack(jpeg.SOS, scan.body), data, b"\xff\xd9"])
