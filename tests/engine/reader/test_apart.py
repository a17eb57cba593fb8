"""A photo read in another process is the same photo; whatever happens there stays there."""

import contextlib
import dataclasses
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.errors import Cancelled, PhotoReadError
from engine.photo import read_photo, save_photo
from engine.photo.small import read_small
from engine.reader import process as reading
from engine.reader.apart import Desk
from engine.reader.process import Reader
from engine.reader.wire import Crooked, Packer, unpack
from engine.sentence import Sentence
from tests.engine.photo import conftest as make
from tests.faults.corpus import good_files

ROOT = Path(__file__).parents[3]
posix = pytest.mark.skipif(os.name != "posix", reason="limits and signals are POSIX")
linux = pytest.mark.skipif(
    not hasattr(os, "pidfd_open"), reason="only Linux tells when another program's process ends"
)


@pytest.fixture
def desk():
    out = Desk()
    yield out
    out.stop()


@pytest.fixture
def stand_in(monkeypatch):
    """Return a function that puts a script in the place of the reading process."""

    def put(body):
        head = "import json, os, sys, threading\nprint(json.dumps({'ready': True}), flush=True)\n"
        command = [sys.executable, "-c", head + body]
        monkeypatch.setattr(reading, "command", lambda: command)

    return put


def nothing():
    pass


def same(a, b):
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and np.array_equal(a, b) and not b.flags.writeable
    if dataclasses.is_dataclass(a):
        names = [field.name for field in dataclasses.fields(a)]
        return all(same(getattr(a, n), getattr(b, n)) for n in names)
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b and type(a) is type(b)


@pytest.mark.parametrize("name", sorted(good_files()))
def test_every_kind_of_photo_arrives_whole(desk, tmp_path, name):
    path = tmp_path / name
    path.write_bytes(good_files()[name])
    here, there = read_photo(path), desk.read(path, nothing)
    assert same(here, there)
    out = tmp_path / f"out{path.suffix}"
    report = save_photo(there, there.pixels, out)
    assert same(read_photo(out).pixels, here.pixels) or path.suffix in {".webp", ".avif", ".jpg"}
    assert report.bytes == out.stat().st_size


def test_a_small_picture_comes_from_the_same_process(desk, tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(good_files()["a.png"])
    small = desk.read(path, nothing, 8)
    assert max(small.size) == 8
    assert same(read_small(path, 8), small)
    assert same(read_photo(path), desk.read(path, nothing))


def test_without_shared_memory_a_file_carries_the_pixels(desk, tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "_SHARES", False)
    path = tmp_path / "a.png"
    path.write_bytes(good_files()["a.png"])
    assert same(read_photo(path), desk.read(path, nothing))
    assert desk.read(path, nothing).pixels.flags.writeable is False


def test_refusals_are_the_same_sentences(desk, tmp_path):
    path = tmp_path / "not a photo.jpg"
    path.write_bytes(b"%PDF-1.7")
    with pytest.raises(PhotoReadError) as here:
        read_photo(path)
    with pytest.raises(PhotoReadError) as there:
        desk.read(path, nothing)
    assert str(here.value) == str(there.value)
    parts = [(e.value.sentence.template, *e.value.sentence.values) for e in (here, there)]
    assert parts[0] == parts[1] == ("“{0}” cannot be opened: {1}.", path.name, parts[0][2])
    assert isinstance(parts[1][2], Sentence)
    with pytest.raises(PhotoReadError, match="no such file"):
        desk.read(tmp_path / "nowhere.jpg", nothing)


def test_one_process_serves_many_photos(desk, tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(good_files()["a.jpg"])
    desk.read(path, nothing)
    first = desk._reader
    photos = [desk.read(path, nothing) for _ in range(5)]
    assert desk._reader is first
    assert all(same(photos[0], photo) for photo in photos)


CRASHES = {
    "killed": "sys.stdin.readline(); os.kill(os.getpid(), 9)",
    "crashed": "sys.stdin.readline(); os.kill(os.getpid(), 11)",
    "ended": "sys.stdin.readline(); sys.exit(3)",
}


@posix
@pytest.mark.parametrize("how", CRASHES)
def test_a_decoder_that_breaks_down_costs_a_message_only(
    desk, stand_in, tmp_path, how, monkeypatch
):
    path = tmp_path / "evil.png"
    path.write_bytes(good_files()["a.png"])
    stand_in(CRASHES[how])
    with pytest.raises(PhotoReadError, match=r"“evil.png” cannot be opened: .* broke down"):
        desk.read(path, nothing)
    monkeypatch.undo()
    assert desk.read(path, nothing).size == (28, 40)


@posix
def test_a_process_that_died_meanwhile_is_no_fault_of_the_file(desk, tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(good_files()["a.png"])
    desk.read(path, nothing)
    os.kill(desk._reader._process.pid, signal.SIGKILL)
    assert desk.read(path, nothing).size == (28, 40)


def test_a_decoder_that_never_ends_is_ended(desk, stand_in, tmp_path, monkeypatch):
    stand_in("threading.Event().wait()")
    monkeypatch.setattr(reading, "WALL_SECONDS", 0.3)
    with pytest.raises(PhotoReadError, match=r"“slow.png” cannot be opened: .* too long"):
        desk.read(tmp_path / "slow.png", nothing)
    assert not desk._reader.alive


LIMITED = """
import sys
sys.path.insert(0, {root!r})
from engine.reader import child
child.CPU_SECONDS, child.MEMORY = 1, {memory}
def read_photo(path):
{body}
child.read_photo = read_photo
sys.exit(child.serve())
"""


@posix
def test_time_is_limited(desk, tmp_path, monkeypatch):
    script = LIMITED.format(root=str(ROOT), memory=8 << 30, body="    while True: pass")
    monkeypatch.setattr(reading, "command", lambda: [sys.executable, "-c", script])
    with pytest.raises(PhotoReadError, match="too long"):
        desk.read(tmp_path / "loop.png", nothing)


@posix
@pytest.mark.skipif(sys.platform == "darwin", reason="macOS does not limit address space")
def test_memory_is_limited(desk, tmp_path, monkeypatch):
    body = "    from engine.photo.read import read_photo as real\n    return real(path)"
    script = LIMITED.format(root=str(ROOT), memory=3 << 30, body=body)
    script = script.replace("child.read_photo =", "import numpy\nchild.read_photo =")
    script = script.replace("return real(path)", "numpy.ones((4 << 30), 'u1'); return real(path)")
    monkeypatch.setattr(reading, "command", lambda: [sys.executable, "-c", script])
    with pytest.raises(PhotoReadError, match=r"broke down|memory"):
        desk.read(tmp_path / "huge.png", nothing)


def test_what_keep_on_raises_ends_the_reading_at_once(desk, stand_in, tmp_path):
    def stop():
        raise Cancelled

    stand_in("threading.Event().wait()")
    with pytest.raises(Cancelled):
        desk.read(tmp_path / "a.png", stop)
    assert desk._reader is None


def test_where_no_process_can_be_started_photos_are_read_here(desk, tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    path.write_bytes(good_files()["a.png"])
    for command in (["/nowhere/python"], [sys.executable, "-c", "import sys; sys.exit(1)"]):
        fresh = Desk()
        monkeypatch.setattr(reading, "command", lambda command=command: command)
        fresh.warm()
        for _ in range(2):
            assert fresh.read(path, nothing).size == (28, 40)
        fresh.stop()


ANSWERS = [
    "no json at all",
    '{"photo": 7, "size": 0, "fd": 0}',
    '{"photo": {"r": ["os:system", ["true"]]}, "size": 0, "fd": 0}',
    '{"photo": null}',
    '{"fd": "x"}',
    "[]",
    '{"photo": {"t": []}, "size": 64, "fd": 99}',
    '{"error": 7}',
    '{"error": {"w": ["{0.__class__}", [1]]}}',
    '{"error": {"w": ["{0:>99999999}", [1]]}}',
    '{"error": {"w": ["{1}", [1]]}}',
    '{"error": {"w": ["{0}", [{"l": []}]]}}',
]


@posix
@pytest.mark.parametrize("answer", ANSWERS)
def test_crooked_answers_are_refused(desk, stand_in, tmp_path, answer):
    stand_in(f"sys.stdin.readline(); print({answer!r}, flush=True); sys.stdin.readline()")
    with pytest.raises(PhotoReadError, match=r"“a.png” cannot be opened: .*damaged"):
        desk.read(tmp_path / "a.png", nothing)


@pytest.mark.skipif(not reading._SHARES, reason="shared memory is sealed on Linux only")
def test_memory_that_is_not_sealed_is_refused(desk, stand_in, tmp_path):
    body = "fd = os.memfd_create('x'); os.ftruncate(fd, 64); sys.stdin.readline()\n"
    body += "print(json.dumps({'photo': None, 'size': 64, 'fd': fd}), flush=True)\n"
    stand_in(body + "sys.stdin.readline()")
    with pytest.raises(PhotoReadError, match="damaged"):
        desk.read(tmp_path / "a.png", nothing)


@pytest.mark.parametrize(
    "node",
    [
        {"a": [0, "|O", [1]]}, {"a": [0, "<u2", [-1]]}, {"a": [0, "|u1", [65]]}, {"b": [-1, 4]},
        {"b": [60, 5]}, {"z": 1}, {"a": 1, "b": 2}, [], {"r": ["builtins:print", ["x"]]},
        {"r": ["engine.photo.read:read_photo", ["x"]]}, {"r": ["engine.photo.model:Photo", []]},
        {"r": ["engine.reader.child:os", []]}, {"a": [0, "|V8", [1]]}, {"d": [[{"l": []}, 1]]},
    ],
)  # fmt: skip
def test_nothing_but_plain_values_is_rebuilt(node):
    with pytest.raises(Crooked):
        unpack(node, memoryview(bytes(64)))


def test_a_sentence_travels_with_its_parts():
    inner = Sentence("more than the {0} megapixels this program opens", 300)
    sent = Sentence("it claims {0} × {1} pixels, {2}; scale it down first", 1, "b", inner)
    back = unpack(Packer().pack(sent), None)
    assert (back, back.template, back.values) == (sent, sent.template, sent.values)
    assert back.values[2].values == (300,)


def test_only_plain_values_are_packed():
    for value in (object(), print, {1, 2}, b"".join):
        with pytest.raises(TypeError):
            Packer().pack(value)


def test_the_process_runs_the_code_beside_ours():
    assert reading._ROOT == Path(reading.__file__).parents[2] == ROOT


def test_the_working_directory_is_not_searched_for_code(tmp_path, monkeypatch):
    for name in ("engine", "json", "numpy"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('taken over')")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.png").write_bytes(good_files()["a.png"])
    reader = Reader()
    assert reader.read(tmp_path / "a.png", nothing).size == (28, 40)
    reader.stop()


def test_the_process_runs_the_code_of_this_program():
    """Another copy may be installed as well, and would answer in its own way."""
    assert repr(str(ROOT)) in reading.command()[-1]


@linux
def test_the_process_ends_with_the_program(tmp_path):
    script = (
        "from engine.reader.apart import _DESK, read_photo_apart\n"
        f"read_photo_apart({str(tmp_path / 'a.png')!r})\n"
        "print(_DESK._reader._process.pid, flush=True)\n"
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    (tmp_path / "a.png").write_bytes(make.png(make.scene()))
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with contextlib.suppress(ProcessLookupError):  # it has ended already
        process = os.pidfd_open(int(done.stdout))
        ended, _, _ = select.select([process], [], [], 60)
        os.close(process)
        assert ended, "the reading process is still there"


@posix
def test_an_interrupt_from_the_keyboard_is_the_programs_business(desk, tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(good_files()["a.png"])
    desk.read(path, nothing)
    first = desk._reader
    os.kill(first._process.pid, signal.SIGINT)
    assert desk.read(path, nothing).size == (28, 40)
    assert desk._reader is first


def test_the_hidden_word_starts_the_process(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert reading.command() == [sys.executable, "decode-photos"]
    monkeypatch.undo()
    (tmp_path / "a.png").write_bytes(good_files()["a.png"])
    frozen = [sys.executable, str(ROOT / "main.py"), "decode-photos"]
    monkeypatch.setattr(reading, "command", lambda: frozen)
    reader = Reader()
    assert reader.read(tmp_path / "a.png", nothing).size == (28, 40)
    reader.stop()
