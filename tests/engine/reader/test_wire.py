"""What travels between the processes: laid out how, taken back how; and the limits there."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.reader import apart as apart_module
from engine.reader import child
from engine.reader import process as reading
from engine.reader.apart import Desk
from engine.reader.process import Died, Reader, Unusable
from engine.reader.wire import Crooked, Packer, unpack
from engine.sentence import Sentence
from tests.faults.corpus import good_files

posix = pytest.mark.skipif(os.name != "posix", reason="limits and signals are POSIX")


def laid(packer):
    """Return the bytes that a packer's parts make up."""
    area = bytearray(packer.size)
    for at, part in packer.parts:
        data = part if isinstance(part, bytes) else part.tobytes()
        area[at : at + len(data)] = data
    return bytes(area)


def there_and_back(value):
    packer = Packer()
    node = json.loads(json.dumps(packer.pack(value)))
    return unpack(node, memoryview(laid(packer)))


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, False, 7, -3, 2.5, "text", b"", b"bytes", Path("a/b")),
        {"a": 1, 2: (b"x", [None, "y"])},
        frozenset({1, 2}),
        (),
        Sentence("“{0}” has {1}", "a.jpg", 7),
    ],
)
def test_values_come_back_as_what_they_were(value):
    found = there_and_back(value)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("kind", ["|b1", "|u1", "<u2", "<i4", "<f4", ">u2", "<f8"])
def test_arrays_come_back_and_cannot_be_written_to(kind):
    value = np.arange(24).reshape(2, 3, 4).astype(kind)
    for array in (value, value[:, ::2], value.T, value[:0]):
        found = there_and_back(array)
        np.testing.assert_array_equal(found, array)
        assert found.dtype == array.dtype
        assert not found.flags.writeable


def test_numbers_of_numpy_become_plain_ones():
    assert there_and_back(np.float32(0.5)) == 0.5
    assert type(there_and_back(np.int16(4))) is int


def test_every_part_begins_at_a_whole_line_of_memory():
    packer = Packer()
    nodes = packer.pack([b"x" * 5, b"y" * 64, b"", np.zeros(65, np.uint8), b"z"])
    starts = [next(iter(node.values()))[0] for node in nodes["l"]]
    assert starts == [0, 64, 128, 128, 256]
    assert packer.size == 320
    assert [at for at, _ in packer.parts] == starts


def test_what_in_a_sentence_is_no_number_travels_as_text():
    found = there_and_back(Sentence("{0} and {1}", Path("a/b"), 2))
    assert found.values == ("a/b", 2)


AREA = memoryview(bytes(range(64)))


@pytest.mark.parametrize(
    ("node", "value"),
    [
        ({"b": [60, 4]}, bytes(range(60, 64))),
        ({"b": [64, 0]}, b""),
        ({"b": [61, 4]}, Crooked),
        ({"b": [0, -1]}, Crooked),
        ({"a": [0, "|u1", [64]]}, list(range(64))),
        ({"a": [0, "<u2", [33]]}, Crooked),
        ({"a": [62, "<u2", [1]]}, [62 + 63 * 256]),
        ({"a": [0, "|S4", [1]]}, Crooked),
        ({"a": [0, "|u1", [-1, -1]]}, Crooked),
        ({"a": [0, "|u1", [0, 5]]}, []),
        ({"t": [1], "l": [2]}, Crooked),
        ({"r": ["engine.photo.model:Photo", [1]]}, Crooked),
        ({"r": ["engine.reader.wire:Packer", []]}, Crooked),
        ({"r": ["engine.photo.model:np", []]}, Crooked),
        ({"w": ["{1}", ["a"]]}, Crooked),
        ({"w": [7, []]}, Crooked),
    ],
)
def test_a_node_says_where_in_the_area_it_lies(node, value):
    if value is Crooked:
        with pytest.raises(Crooked):
            unpack(node, AREA)
    else:
        found = unpack(node, AREA)
        assert (found.tolist() if isinstance(found, np.ndarray) else found) == value


def test_without_an_area_there_are_no_bytes():
    assert unpack({"b": [0, 0]}, None) == b""
    with pytest.raises(Crooked):
        unpack({"b": [0, 1]}, None)


@pytest.fixture
def limits(monkeypatch):
    """Return what is asked of the system, with limits that a test may set."""
    import resource

    set_, hard = {}, {}
    inf = resource.RLIM_INFINITY
    monkeypatch.setattr(resource, "setrlimit", lambda kind, pair: set_.__setitem__(kind, pair))
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (inf, hard.get(kind, inf)))
    return set_, hard, resource


@posix
def test_memory_is_limited_as_far_as_the_system_allows(limits):
    set_, hard, resource = limits
    child._limit_memory()
    assert set_[resource.RLIMIT_CORE] == (0, 0)
    assert set_[resource.RLIMIT_AS] == (child.MEMORY, resource.RLIM_INFINITY)
    hard[resource.RLIMIT_AS] = 1 << 30
    child._limit_memory()
    assert set_[resource.RLIMIT_AS] == (1 << 30, 1 << 30)
    hard[resource.RLIMIT_AS] = 1 << 50
    child._limit_memory()
    assert set_[resource.RLIMIT_AS] == (child.MEMORY, 1 << 50)


@posix
def test_time_is_limited_from_now_on(limits, monkeypatch):
    set_, hard, resource = limits

    class Used:
        ru_utime, ru_stime = 10.5, 2.25

    monkeypatch.setattr(resource, "getrusage", lambda who: Used)
    child._limit_time()
    assert set_.pop(resource.RLIMIT_CPU) == (13 + child.CPU_SECONDS, resource.RLIM_INFINITY)
    hard[resource.RLIMIT_CPU] = 13 + child.CPU_SECONDS
    child._limit_time()
    assert set_.pop(resource.RLIMIT_CPU)[0] == 13 + child.CPU_SECONDS
    hard[resource.RLIMIT_CPU] -= 1
    child._limit_time()
    assert resource.RLIMIT_CPU not in set_  # there is less time than that anyway


def test_what_is_laid_out_is_what_was_packed(tmp_path):
    packer = Packer()
    values = [b"first", np.arange(100, dtype=np.uint16), b"", np.zeros((0, 3))]
    node, wanted = packer.pack(values), laid(packer)
    area = os.open(tmp_path / "area", os.O_RDWR | os.O_CREAT)
    child._lay_out(area, packer)
    os.close(area)
    assert (tmp_path / "area").read_bytes() == wanted
    assert packer.parts == []
    found = unpack(node, memoryview(wanted))
    assert found[0] == b"first"
    np.testing.assert_array_equal(found[1], values[1])


def answered(request, monkeypatch, error=None):
    """Return what the reading process says to one request."""
    if error is not None:

        def failing(path):
            raise error

        monkeypatch.setattr(child, "read_photo", failing)
    answers = io.BytesIO()
    child._answer(request, answers)
    return json.loads(answers.getvalue())


def test_short_memory_is_told_with_the_photos_name(monkeypatch):
    told = answered({"path": "/photos/large.tif"}, monkeypatch, MemoryError())
    said = unpack(told["error"], None)
    assert isinstance(said, Sentence)
    assert str(said) == (
        "“large.tif” cannot be opened: the memory does not suffice; close other programs."
    )


def test_a_photo_is_laid_into_the_file_it_was_asked_to(tmp_path, monkeypatch):
    path, area = tmp_path / "a.png", tmp_path / "area"
    path.write_bytes(good_files()["a.png"])
    area.touch()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\n")))
    told = answered({"path": str(path), "file": str(area)}, monkeypatch)
    assert area.stat().st_size == told["size"]
    photo = unpack(told["photo"], memoryview(area.read_bytes()))
    assert photo.size == (28, 40)


@pytest.fixture
def stand_in(monkeypatch):
    def put(body):
        head = "import json, os, sys, threading\n"
        monkeypatch.setattr(reading, "command", lambda: [sys.executable, "-c", head + body])

    return put


READY = "print(json.dumps({'ready': True}), flush=True)\n"


@posix
def test_a_process_that_never_comes_up_is_of_no_use(stand_in, tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "_START_SECONDS", 0.2)
    stand_in("threading.Event().wait()")
    reader, asked = Reader(), []
    with pytest.raises(Unusable):
        reader.read(tmp_path / "a.png", lambda: asked.append(1))
    assert asked  # the caller may stop meanwhile
    assert reader.alive
    reader.stop()
    assert not reader.alive


@posix
def test_a_process_killed_for_its_time_is_no_crash(stand_in, tmp_path):
    import signal

    stand_in(READY + f"sys.stdin.readline(); os.kill(os.getpid(), {int(signal.SIGXCPU)})")
    reader = Reader()
    with pytest.raises(reading.PhotoReadError, match="takes too long"):
        reader.read(tmp_path / "a.png", lambda: None)
    reader.stop()
    stand_in(READY + "sys.stdin.readline(); os.kill(os.getpid(), 9)")
    reader = Reader()
    with pytest.raises(Died):
        reader.read(tmp_path / "a.png", lambda: None)
    reader.stop()


@posix
def test_a_damaged_answer_ends_the_process(stand_in, tmp_path):
    stand_in(READY + "sys.stdin.readline(); print('[]', flush=True); threading.Event().wait()")
    desk = Desk()
    with pytest.raises(reading.PhotoReadError):
        desk.read(tmp_path / "a.png", lambda: None)
    desk.stop()


@posix
def test_a_file_that_kills_two_processes_is_the_culprit(stand_in, tmp_path):
    starts = tmp_path / "starts"
    stand_in(f"open({str(starts)!r}, 'a').write('x')\n" + READY + "sys.stdin.readline()")
    desk = Desk()
    with pytest.raises(reading.PhotoReadError, match="broke down"):
        desk.read(tmp_path / "a.png", lambda: None)
    assert starts.read_text() == "xx"
    desk.stop()


def test_a_refused_photo_does_not_end_the_process(tmp_path):
    (tmp_path / "bad.jpg").write_bytes(b"%PDF-1.7")
    desk = Desk()
    with pytest.raises(reading.PhotoReadError):
        desk.read(tmp_path / "bad.jpg", lambda: None)
    first = desk._reader
    assert first.alive
    with pytest.raises(reading.PhotoReadError):
        desk.read(tmp_path / "bad.jpg", lambda: None)
    assert desk._reader is first
    desk.stop()
    assert desk._reader is None
    assert not first.alive


def test_once_useless_no_process_is_tried_again(tmp_path, monkeypatch):
    (tmp_path / "a.png").write_bytes(good_files()["a.png"])
    calls = []

    def failing():
        calls.append(1)
        raise OSError("no process")

    monkeypatch.setattr(apart_module, "Reader", failing)
    desk = Desk()
    for _ in range(3):
        assert desk.read(tmp_path / "a.png", lambda: None).size == (28, 40)
    assert len(calls) == 1


def test_warming_starts_one_process_that_reading_uses(tmp_path):
    (tmp_path / "a.png").write_bytes(good_files()["a.png"])
    desk = Desk()
    desk.warm()
    first = desk._reader
    desk.warm()
    assert desk._reader is first
    assert desk.read(tmp_path / "a.png", lambda: None).size == (28, 40)
    assert desk._reader is first
    desk.stop()


SOUND = {
    "pixels": np.zeros((4, 5, 3), np.uint8),
    "alpha": None,
}


@pytest.mark.parametrize(
    ("change", "sound"),
    [
        ({}, True),
        ({"pixels": np.zeros((4, 5, 3), np.uint16)}, True),
        ({"pixels": np.zeros((4, 5, 3), np.float32)}, False),
        ({"pixels": np.zeros((4, 5), np.uint8)}, False),
        ({"pixels": np.zeros((4, 5, 4), np.uint8)}, False),
        ({"pixels": np.zeros((0, 5, 3), np.uint8)}, False),
        ({"pixels": [1]}, False),
        ({"alpha": np.zeros((4, 5), np.uint8)}, True),
        ({"alpha": np.zeros((4, 5), np.uint16)}, False),
        ({"alpha": np.zeros((5, 4), np.uint8)}, False),
        ({"alpha": 7}, False),
    ],
)
def test_an_answer_is_looked_at_before_it_is_believed(tmp_path, change, sound):
    from dataclasses import replace

    from engine.photo import read_photo

    (tmp_path / "a.png").write_bytes(good_files()["a.png"])
    photo = replace(read_photo(tmp_path / "a.png"), **{**SOUND, **change})
    assert bool(reading._sound(photo)) is sound
    assert not reading._sound("a photo")


def test_what_is_printed_while_decoding_is_no_answer(tmp_path):
    (tmp_path / "a.png").write_bytes(good_files()["a.png"])
    root = str(Path(reading.__file__).parents[2])
    code = (
        f"import sys; sys.path.insert(0, {root!r})\n"
        "from engine.reader import child\n"
        "real = child.read_photo\n"
        "def noisy(path):\n"
        "    print('decoding', flush=True)\n"
        "    return real(path)\n"
        "child.read_photo = noisy\n"
        "sys.exit(child.serve())"
    )
    asked = json.dumps({"path": str(tmp_path / "nowhere.png")}).encode() + b"\n"
    done = subprocess.run([sys.executable, "-c", code], input=asked, capture_output=True)
    ready, answer = done.stdout.splitlines()
    assert json.loads(ready) == {"ready": True}
    assert "error" in json.loads(answer)
    assert done.stderr.decode().startswith("decoding")
    assert done.returncode == 0


@posix
@pytest.mark.parametrize("shares", [True, False])
def test_a_file_is_given_only_where_memory_cannot_be_shared(
    stand_in, tmp_path, monkeypatch, shares
):
    monkeypatch.setattr(reading, "_SHARES", shares)
    stand_in(
        READY + "asked = json.loads(sys.stdin.readline())\n"
        "rights = oct(os.stat(asked['file']).st_mode & 0o777) if 'file' in asked else 'none'\n"
        "print(json.dumps({'error': {'w': [rights, []]}}), flush=True); sys.stdin.readline()"
    )
    reader = Reader()
    with pytest.raises(reading.PhotoReadError) as told:
        reader.read(tmp_path / "a.png", lambda: None)
    assert str(told.value) == ("none" if shares else "0o600")
    assert reader.alive
    reader.stop()
