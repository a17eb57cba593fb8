"""Write a JPEG anew, upright, with every coefficient of the untouched blocks as it was.

Only blocks with a changed pixel are computed anew; the others decode to the very pixels they had,
in this and in every later generation. A turned picture is turned without decoding it: a mirrored
cosine of odd frequency changes its sign and a transposed picture has transposed coefficients, so
nothing is rounded. Only sides that are mirrored must be a whole number of MCUs.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.arrays import Longs, Pixels
from engine.photo.jpeg import segments as jpeg
from engine.photo.jpeg import write as jpeg_write
from engine.photo.jpeg.blocks import Blocks, read_blocks, write_blocks
from engine.photo.jpeg.layout import (
    DHT,
    Layout,
    Slot,
    dc_levels,
    grid_of,
    scan_of,
)
from engine.photo.jpeg.pixels import changed_cells, replace_blocks, slot_changes
from engine.photo.jpeg.progressive import PROGRESSIVE, planes_of
from engine.photo.jpeg.segments import ZIGZAG
from engine.photo.limits import Refusal

MOVES = {
    1: (False, False, False),
    2: (False, True, False),
    3: (False, True, True),
    4: (False, False, True),
    5: (True, False, False),
    6: (True, True, False),
    7: (True, True, True),
    8: (True, False, True),
}
"""Per orientation: transpose first, then mirror left and right, then top and bottom."""

BASELINE, EXTENDED = 0xC0, 0xC1


def rewrite(carry: jpeg.JpegCarry, orientation: int, old: Pixels, new: Pixels) -> bytes:
    """Return the JPEG of ``carry`` upright, without metadata, its blocks replaced where changed.

    Args:
        carry: the source file.
        orientation: its EXIF orientation, 1..8.
        old: (H, W, 3) uint8 RGB of the source file, upright.
        new: the same with changes.

    Raises:
        Refusal: the file is not coded in a way that allows it, or a mirrored side is not a whole
            number of MCUs.
    """
    if carry.frame.marker == PROGRESSIVE:
        source, every = _from_planes(carry)
    else:
        source, stream = scan_of(carry)
        every, _ = read_blocks(stream, source.intervals, *source.coding())
        every[:, :, 0] = dc_levels(source, every[:, :, 0].astype(np.int64))
    layout = turned_layout(source, orientation)
    blocks = _turned(source, layout, every, orientation)
    changed = slot_changes(layout, changed_cells(old, new))
    mcus = np.flatnonzero(changed.any(axis=1))
    some = blocks[mcus]
    replace_blocks(layout, new, mcus, changed[mcus], some)
    blocks[mcus] = some
    chosen = np.array([layout.selectors[slot.component][0] for slot in layout.slots])
    coded = write_blocks(blocks, layout.component, chosen)
    return _file(carry, replace(layout, tables=coded.tables), coded.data)


def turned_layout(layout: Layout, orientation: int) -> Layout:
    """Return the layout of the upright picture, in one restart interval; its tables are to come.

    Raises:
        Refusal: a mirrored side is not a whole number of MCUs.
    """
    transpose, across, down = MOVES[orientation]
    if transpose:
        layout = replace(
            layout,
            width=layout.height,
            height=layout.width,
            columns=layout.rows,
            rows=layout.columns,
            sampling=tuple((v, h) for h, v in layout.sampling),
            quantisation=tuple(_transposed(table) for table in layout.quantisation),
        )
    wide, tall = layout.mcu_size
    if (across and layout.width % wide) or (down and layout.height % tall):
        raise Refusal("a mirrored side is not a whole number of blocks")
    slots = tuple(
        Slot(component, row, column)
        for component, (h, v) in enumerate(layout.sampling)
        for row in range(v)
        for column in range(h)
    )
    selectors = ((0, 0), (1, 1), (1, 1))[: len(layout.sampling)]
    return replace(layout, slots=slots, interval=layout.mcus, selectors=selectors)


def _transposed(zigzag: Longs) -> Longs:
    square = np.empty(64, zigzag.dtype)
    square[ZIGZAG] = zigzag
    return np.asarray(square.reshape(8, 8).T.ravel()[ZIGZAG])


def _from_planes(carry: jpeg.JpegCarry) -> tuple[Layout, Blocks]:
    """Return the layout a progressive JPEG will have as a sequential one, and its blocks."""
    layout = grid_of(carry, list(jpeg.walk(carry.file)), {}, ())
    out = np.empty((layout.mcus, len(layout.slots), 64), np.int16)
    first = 0
    for plane, (h, v) in zip(planes_of(carry), layout.sampling, strict=True):
        cells = plane.reshape(layout.rows, v, layout.columns, h, 64).transpose(0, 2, 1, 3, 4)
        out[:, first : first + h * v] = cells.reshape(layout.mcus, h * v, 64)
        first += h * v
    return layout, out


def _turned(before: Layout, after: Layout, blocks: Blocks, orientation: int) -> Blocks:
    """Return the blocks in the order and with the signs of the upright picture.

    Mirrored sides are whole MCUs, so MCUs change places as a whole and their blocks alike.
    """
    if orientation == 1:
        return blocks
    transpose, across, down = MOVES[orientation]
    order, signs = _coefficients(transpose, across, down)
    grid = blocks.reshape(before.rows, before.columns, -1, 64)
    grid = grid.swapaxes(0, 1) if transpose else grid
    grid = grid[:, ::-1] if across else grid
    grid = grid[::-1] if down else grid
    out = np.empty((after.rows, after.columns, len(after.slots), 64), np.int16)
    for number, slot in enumerate(after.slots):
        source = before.slots.index(_slot_before(after, slot, orientation))
        for row in range(after.rows):
            out[row, :, number] = grid[row, :, source][:, order] * signs
    return out.reshape(after.mcus, -1, 64)


def _slot_before(after: Layout, slot: Slot, orientation: int) -> Slot:
    """Return the place in an MCU that a block had before it was turned to ``slot``."""
    transpose, across, down = MOVES[orientation]
    h, v = after.sampling[slot.component]
    row = v - 1 - slot.row if down else slot.row
    column = h - 1 - slot.column if across else slot.column
    return Slot(slot.component, column, row) if transpose else Slot(slot.component, row, column)


def _coefficients(transpose: bool, across: bool, down: bool) -> tuple[Longs, NDArray[np.int16]]:
    """Return where each coefficient (zigzag) comes from, and its sign."""
    same = np.arange(64)
    source = _transposed(same) if transpose else same
    row, column = ZIGZAG >> 3, ZIGZAG & 7
    odd = (column & 1) * across + (row & 1) * down
    return source, (1 - 2 * (odd & 1)).astype(np.int16)


def _file(carry: jpeg.JpegCarry, layout: Layout, data: bytes) -> bytes:
    """Return a JPEG of the source's component numbers with the layout's tables and the data."""
    segments = list(jpeg.walk(carry.file))
    parts = [jpeg_write.pack(s.marker, s.body) for s in segments if s.marker == jpeg.APP14]
    frame = bytearray(next(s.body for s in segments if s.marker == carry.frame.marker))
    frame[1:5] = layout.height.to_bytes(2, "big") + layout.width.to_bytes(2, "big")
    tables = {}
    for i, (_, _, _, number) in enumerate(carry.frame.components):
        if len(carry.frame.components) > 1:
            frame[7 + 3 * i] = layout.sampling[i][0] << 4 | layout.sampling[i][1]
        tables[number] = layout.quantisation[i]
    parts += [jpeg_write.pack(jpeg.DQT, _packed(n, table)) for n, table in tables.items()]
    wide = any(int(table.max()) > 255 for table in tables.values())
    parts.append(jpeg_write.pack(EXTENDED if wide else BASELINE, bytes(frame)))
    parts += [jpeg_write.pack(DHT, table.pack(*key)) for key, table in layout.tables.items()]
    chosen = zip(carry.frame.components, layout.selectors, strict=True)
    pairs = b"".join(bytes([c[0], dc << 4 | ac]) for c, (dc, ac) in chosen)
    scan = bytes([len(layout.selectors)]) + pairs + b"\0\x3f\0"
    return b"".join([b"\xff\xd8", *parts, jpeg_write.pack(jpeg.SOS, scan), data, b"\xff\xd9"])


def _packed(number: int, table: Longs) -> bytes:
    wide = int(table.max()) > 255
    return bytes([wide << 4 | number]) + table.astype(">u2" if wide else "u1").tobytes()
