"""What the journal, its steps and an open choice hold, to the number; what they refuse."""

from __future__ import annotations

import os
import sqlite3
import zlib

import numpy as np
import pytest

from engine.geometry import Box
from engine.record import interrupted as interrupted_module
from engine.record import journal as journal_module
from engine.record.choice_record import rebuilt, recorded
from engine.record.interrupted import ASIDE, Interrupted, forget_all, interrupted
from engine.record.journal import ENDING, Journal, private_folder
from engine.record.planes import Plane
from engine.record.session_steps import (
    MOST_PACKED,
    Change,
    DamagedJournal,
    inflated,
    pack,
    pack_told,
    unpack,
    unpack_told,
)
from engine.record.steps import (
    PART,
    FilledHole,
    FillStep,
    RestoreStep,
    reach,
)
from engine.removal.choice import Answer, Choice, HoleChoice, Kind, View
from engine.removal.latents import Latent
from engine.removal.scene import Scene, describe, make_answer

PHOTO = np.random.default_rng(3).integers(0, 256, (30, 40, 3), np.uint8)


def bits(box, seed=0):
    return np.random.default_rng(seed).random((box.height, box.width)) < 0.5


CHANGES = [
    Change(0, Box(1, 2, 12, 9), bits(Box(1, 2, 12, 9))),
    Change(0, Box(0, 0, 3, 3), bits(Box(0, 0, 3, 3), 1)),
    Change(1, Box(30, 20, 40, 30), PHOTO[:10, :10].copy()),
]


@pytest.mark.parametrize("photo", [PHOTO, PHOTO.astype(np.uint16) * 257])
def test_changes_come_back_command_by_command(photo):
    changes = [*CHANGES[:2], Change(1, CHANGES[2].box, photo[:10, :10].copy())]
    commands = unpack(pack(changes), photo)
    assert [[c.box for c in command] for command in commands] == [
        [changes[0].box, changes[1].box],
        [changes[2].box],
    ]
    for found, kept in zip([c for command in commands for c in command], changes, strict=True):
        assert found.command == kept.command
        assert found.data.dtype == kept.data.dtype
        np.testing.assert_array_equal(found.data, kept.data)


def test_small_changes_are_compressed_and_large_ones_are_not(monkeypatch):
    assert MOST_PACKED == 4 << 20
    flat = np.zeros((20, 20, 3), np.uint8)
    small = pack([Change(0, Box(0, 0, 20, 20), flat)])
    assert len(small) < 100
    monkeypatch.setattr("engine.record.session_steps.MOST_PACKED", 1199)
    large = pack([Change(0, Box(0, 0, 20, 20), flat)])
    assert len(large) == 1200 + len(pack([])) + 28
    monkeypatch.setattr("engine.record.session_steps.MOST_PACKED", 1200)
    assert len(pack([Change(0, Box(0, 0, 20, 20), flat)])) == len(small)
    np.testing.assert_array_equal(unpack(large, PHOTO)[0][0].data, flat)


def damaged(change):
    data = bytearray(pack(CHANGES))
    change(data)
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        pack(CHANGES)[:-1],
        pack(CHANGES) + b"\0",
        pack(CHANGES)[:20],
        pack([Change(1, CHANGES[0].box, CHANGES[0].data)]),
        pack([CHANGES[0], Change(2, CHANGES[1].box, CHANGES[1].data)]),
        pack([Change(0, Box(31, 20, 41, 30), PHOTO[:10, :10])]),
        pack([Change(0, Box(30, 21, 40, 31), PHOTO[:10, :10])]),
        pack([Change(0, Box(5, 5, 5, 9), PHOTO[:4, :0])]),
        pack([Change(0, Box(5, 5, 9, 5), PHOTO[:0, :4])]),
        pack([Change(0, Box(0, 0, 10, 11), PHOTO[:10, :10])]),
        pack([Change(0, Box(0, 0, 10, 9), PHOTO[:10, :10])]),
        damaged(lambda d: d.__setitem__(2, 7)),  # of no known kind
        damaged(lambda d: d.__setitem__(40, d[40] ^ 255)),
    ],
)
def test_what_is_no_step_of_the_photo_is_refused(data):
    with pytest.raises(DamagedJournal):
        unpack(data, PHOTO)


def test_nothing_is_inflated_beyond_what_was_promised():
    body = zlib.compress(bytes(100))
    assert inflated(body, 100) == bytes(100)
    for data, size in ((body, 99), (body, 101), (body[:-3], 100), (b"zip", 100)):
        with pytest.raises(DamagedJournal):
            inflated(data, size)


BOX = Box(4, 5, 12, 11)
FILLED = FillStep((FilledHole(Plane.of_bits(BOX, np.ones((6, 8), bool)), Kind.PHOTO),))


def test_what_recipes_say_of_a_step_comes_back():
    told = unpack_told(pack_told([None, FILLED, PART]).decode(), Box.of(PHOTO))
    assert told[0] is None
    assert told[2] is PART
    assert told[1].holes[0].box == BOX
    assert unpack_told("", Box.of(PHOTO)) == []
    for text in ("{}", "[3]", "[", '["whole"]', "[" * 100_000):
        with pytest.raises(DamagedJournal):
            unpack_told(text, Box.of(PHOTO))


def test_a_step_tells_which_pixels_it_changed():
    levels = np.zeros((6, 8), np.uint8)
    levels[1, 2], levels[3, 3] = 1, 255
    ((box, changed),) = reach(RestoreStep((Plane.of_levels(BOX, levels),)))
    assert box == BOX
    np.testing.assert_array_equal(changed, levels > 0)
    ((box, filled),) = reach(FILLED)
    assert box == BOX
    assert filled.all()


def test_a_fill_is_looked_at_again_only_where_all_is_known():
    plane = Plane.of_bits(BOX, np.ones((6, 8), bool))
    large, small = View(Box(0, 0, 64, 64), BOX), View(Box(0, 0, 63, 63), BOX)
    unknown = View(Box(0, 0, 64, 64), None)

    def given(*views):
        return FilledHole(plane, Kind.NETWORK, views=views).given(64)

    assert given(large) == [(large.box, BOX)]
    assert given() is given(large, small) is given(large, unknown) is None
    assert FilledHole(plane, Kind.PHOTO).code == "photo"
    assert FilledHole(plane, Kind.NETWORK).code == "SAFE"
    two = FillStep((FilledHole(plane, Kind.NETWORK, Latent(101)), FILLED.holes[0]))
    assert two.codes == "0001-01, photo"


def choice_of(answers):
    scene = Scene(PHOTO)
    mask = np.zeros(PHOTO.shape[:2], bool)
    mask[BOX.slices] = True
    holes = []
    for number, kind in enumerate(answers):
        box = BOX.shift(number * 12, number * 8)
        mask[box.slices] = True
        hole = describe(scene, mask, box)
        choice = HoleChoice(box, hole.mask, hole.original)
        if kind is not None:
            patch = np.full((6, 8, 3), 9 * number, np.uint8)
            latent = Latent(101) if kind == "asked" else Latent()
            from_network = kind != "only"
            about = Kind.NETWORK if from_network else Kind.PHOTO, latent
            views = (View(Box(0, 0, 40, 40), box),) if from_network else ()
            more = (views, 2.0, 0.75) if from_network else ()
            choice.chosen = make_answer(scene, box, hole.mask, patch, *about, *more)
        holes.append(choice)
    return Choice(1, holes), scene


def test_an_open_choice_comes_back_as_a_fill_would_hand_it_over():
    choice, scene = choice_of(["safe", None, "asked"])
    rows, changes = recorded(choice)
    assert [row[:2] for row in rows] == [
        *(["network", "SAFE"], ["original", ""], ["network", "0001-01"])
    ]
    holes, pieces = rebuilt(rows, unpack(pack(changes), PHOTO), scene)
    assert [hole.box for hole in holes] == [one.box for one in choice.holes]
    for hole, one in zip(holes, choice.holes, strict=True):
        np.testing.assert_array_equal(hole.mask, one.mask)
        np.testing.assert_array_equal(hole.original.patch, PHOTO[hole.box.slices])
    assert [(piece.hole, piece.role) for piece in pieces] == [(0, "safe"), (2, "asked")]
    for piece in pieces:
        kept, (found,) = choice.holes[piece.hole].chosen, piece.answers
        assert isinstance(found, Answer)
        np.testing.assert_array_equal(found.patch, kept.patch)
        assert (found.latent, found.views, found.context, found.scale) == (
            *(kept.latent, kept.views, 2.0, 0.75),
        )


def test_a_fill_from_the_photo_comes_back_as_the_only_one():
    choice, scene = choice_of(["only"])
    rows, changes = recorded(choice)
    _, (piece,) = rebuilt(rows, unpack(pack(changes), PHOTO), scene)
    assert piece.role == "only"
    assert piece.answers[0].scale == 0
    short = [row[:2] for row in rows]  # as older journals have it
    _, (piece,) = rebuilt(short, unpack(pack(changes), PHOTO), scene)
    assert (piece.answers[0].context, piece.answers[0].views) == (1.0, ())


def test_a_choice_that_does_not_hang_together_is_refused():
    choice, scene = choice_of(["safe"])
    rows, changes = recorded(choice)
    commands = unpack(pack(changes), PHOTO)
    row = rows[0]
    wrong = [
        ("rows", commands),
        ([*rows, *rows], commands),
        (rows, commands[:1]),
        (rows, commands[::-1]),
        ([row[:3]], commands),
        ([["painted", "", *row[2:]]], commands),
        ([["network", "no code", *row[2:]]], commands),
        ([[*row[:2], 99.0, *row[3:]]], commands),
        ([[*row[:3], 1.5, row[4]]], commands),
        ([[*row[:4], [[0, 0, 40, 41, *BOX]]]], commands),
        ([7], commands),
    ]
    for bad, data in wrong:
        with pytest.raises(DamagedJournal):
            rebuilt(bad, data, scene)
    moved = Change(1, BOX.shift(1, 0), commands[1][0].data)
    with pytest.raises(DamagedJournal):
        rebuilt(rows, [commands[0], [moved]], scene)


def failed(error):
    raise AssertionError(error)


def written(folder, steps=2, pixels=b"", notes=None):
    """Write a session and let its program die: the file stays, unlocked."""
    journal = Journal(folder, failed)
    journal.begin({"path": "/photos/a.jpg"} if notes is None else notes, pixels)
    for n in range(steps):
        journal.append(n, f"step {n}", CHANGES, [FILLED])
    journal.flush()
    journal._base.close()
    return journal


def test_a_session_that_died_is_read_back(tmp_path):
    journal = written(tmp_path, pixels=b"clipboard")
    assert journal.path.stat().st_mode & 0o777 == 0o600
    (session,) = interrupted(tmp_path)
    assert (session.steps, session.index, session.number("saved")) == (2, 2, 0)
    assert session.number("nothing") == -1
    assert str(session.photo) == "/photos/a.jpg"
    assert session.worth_while
    assert session.pixels() == b"clipboard"
    assert session.choice() == b""
    texts, data, told = zip(*session.all_steps(), strict=True)
    assert texts == ("step 0", "step 1")
    assert data == (pack(CHANGES),) * 2
    assert told == (pack_told([FILLED]).decode(),) * 2
    session.delete()
    assert list(tmp_path.iterdir()) == []


def test_a_step_in_place_of_another_forgets_those_after_it(tmp_path):
    journal = Journal(tmp_path, failed)
    journal.begin({})
    for n, text in ((0, "a"), (1, "b"), (2, "c"), (1, "other")):
        journal.append(n, text, CHANGES)
    journal.note(saved=1)
    journal.flush()
    journal._base.close()
    session = Interrupted(journal.path)
    assert [text for text, _, _ in session.all_steps()] == ["a", "other"]
    assert (session.index, session.number("saved")) == (2, 1)
    assert session.photo is None
    session.release()


def test_beginning_again_forgets_the_photo_before(tmp_path):
    journal = Journal(tmp_path, failed)
    journal.begin({"path": "a"}, b"pixels")
    journal.append(0, "a", CHANGES, [FILLED])
    journal.choose([["network", "SAFE"]], CHANGES)
    journal.begin({"of": 2})
    journal.flush()
    journal._base.close()
    session = Interrupted(journal.path)
    assert session.notes == {"version": 1, "index": 0, "saved": 0, "of": 2}
    assert session.steps == 0
    assert not session.worth_while
    with pytest.raises(DamagedJournal):
        session.pixels()
    session.release()


def test_a_choice_replaces_the_one_before_and_goes_again(tmp_path):
    journal = Journal(tmp_path, failed)
    journal.begin({})
    journal.choose([["a"]], CHANGES[:1])
    journal.choose([["b"]], CHANGES[1:2])
    journal.flush()
    journal._base.close()
    session = Interrupted(journal.path)
    assert session.notes["choice"] == [["b"]]
    assert session.choice() == pack(CHANGES[1:2])
    session.release()
    again = Journal(tmp_path, failed)
    again.begin({})
    again.choose([["a"]], CHANGES[:1])
    again.choose(None, [])
    again.flush()
    again._base.close()
    session = Interrupted(again.path)
    assert session.choice() == b""
    session.release()


def test_a_journal_lives_only_as_long_as_its_program(tmp_path):
    folder = private_folder(tmp_path / "deep" / "journal")
    assert folder.stat().st_mode & 0o777 == 0o700
    journal = Journal(folder, failed)
    assert not journal.path.exists()
    journal.begin({})
    journal.flush()
    with pytest.raises(BlockingIOError):
        Interrupted(journal.path)
    assert interrupted(folder) == []
    assert forget_all(folder) == 0
    assert journal.path.exists()
    journal.close()
    assert list(folder.iterdir()) == []


def test_a_full_journal_stops_and_keeps_what_is_down(tmp_path, monkeypatch):
    errors = []
    size = len(pack(CHANGES)) + len(pack_told([FILLED]))
    monkeypatch.setattr(journal_module, "LIMIT_BYTES", 2 * size + 9)
    journal = Journal(tmp_path, errors.append)
    journal.begin({}, b"9 bytes..")
    for n in range(3):
        journal.append(n, "step", CHANGES, [FILLED])
    journal.note(saved=1)
    journal.flush()
    assert not journal.working
    assert len(errors) == 1
    assert "the journal has reached" in str(errors[0])
    journal._base.close()
    session = Interrupted(journal.path)
    assert (session.steps, session.index, session.number("saved")) == (2, 2, 0)
    session.release()


def spoil(path, statement):
    base = sqlite3.connect(path)
    base.execute(statement)
    base.commit()
    base.close()


@pytest.mark.parametrize(
    ("statement", "sound"),
    [
        ("update step set crc = crc + 1 where n = 1", 1),
        ("delete from step where n = 0", 0),
        ("update step set data = 'text' where n = 1", 1),
        ("update told set crc = crc + 1 where n = 0", 0),
        ("update told set steps = '[]' where n = 1", 1),
        ("delete from told", 2),  # as older journals have it
    ],
)
def test_steps_before_a_damaged_one_are_sound(tmp_path, statement, sound):
    journal = written(tmp_path)
    spoil(journal.path, statement)
    session, found = Interrupted(journal.path), []
    try:
        found.extend(session.all_steps())
    except DamagedJournal:
        assert sound < 2
    assert len(found) == sound
    session.release()


@pytest.mark.parametrize(
    "statement",
    [
        "update note set value = '2' where key = 'version'",
        "update note set value = '{' where key = 'path'",
        "drop table step",
    ],
)
def test_a_damaged_journal_is_set_aside_and_never_offered_again(tmp_path, statement):
    journal = written(tmp_path)
    spoil(journal.path, statement)
    if statement.startswith("drop"):
        journal.path.write_bytes(journal.path.read_bytes()[:200] + bytes(5000))
    assert interrupted(tmp_path) == []
    assert not journal.path.exists()
    aside = journal.path.with_name(journal.path.name + ASIDE)
    assert aside.exists()
    assert interrupted(tmp_path) == []
    assert forget_all(tmp_path) == 1
    assert not aside.exists()


def test_the_newest_session_comes_first_and_needless_ones_go(tmp_path):
    old, new, done, saved = (written(tmp_path, steps) for steps in (1, 2, 0, 3))
    spoil(saved.path, "update note set value = '3' where key = 'saved'")
    for age, journal in enumerate((new, old, done, saved)):
        os.utime(journal.path, (1e9 - 1000 * age, 1e9 - 1000 * age))
    found = interrupted(tmp_path)
    assert [session.path for session in found] == [new.path, old.path]
    assert not done.path.exists()
    assert not saved.path.exists()
    for session in found:
        session.release()
    assert forget_all(tmp_path) == 2
    assert [p for p in tmp_path.iterdir() if p.name.endswith(ENDING)] == []


def test_a_file_that_is_just_being_made_is_left_alone(tmp_path, monkeypatch):
    path = tmp_path / f"1-abc{ENDING}"
    path.write_bytes(b"")
    assert interrupted(tmp_path) == []
    assert path.exists()
    now = path.stat().st_mtime
    monkeypatch.setattr(interrupted_module.time, "time", lambda: now + 61)
    assert interrupted(tmp_path) == []
    assert not path.exists()
