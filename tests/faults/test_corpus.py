"""Spoilt files by the thousand, read as the program reads them: in the process that may die."""

import os
import time
from pathlib import Path

import numpy as np
import pytest

from engine.errors import PhotoReadError
from engine.reader.process import Died, Reader
from tests.faults.corpus import good_files, malicious, mutated
from tests.faults.share import LONG, figure, times

HANG_SECONDS = 10
END_MARK = 12
"""Without the last bytes of a PNG or JPEG, which hold no picture, it opens with a notice."""
MOST_MEMORY = 2 << 30
SCRATCH = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else None


class Watched:
    """Read files one after the other in one process and keep count of what happens."""

    def __init__(self, folder):
        self.path = (SCRATCH or folder) / f"lacuna-corpus-{os.getpid()}.bin"
        self.reader = Reader()
        self.read = self.refused = self.crashed = 0
        self.slowest = 0.0
        self.memory = 0

    def take(self, data, name="x.bin"):
        path = self.path.with_name(f"{self.path.stem}-{name}")
        path.write_bytes(data)
        start = time.monotonic()
        try:
            photo = self.reader.read(path, lambda: None)
            assert photo.pixels.ndim == 3
            self.read += 1
        except PhotoReadError as error:
            self.refused += 1
            sentence = str(error)
            assert sentence.startswith(f"“{path.name}” cannot be opened: "), sentence
            assert sentence.endswith("."), sentence
            assert "\n" not in sentence, sentence
        except Died:
            self.crashed += 1
            kept = path.with_suffix(f".crash-{self.crashed}")
            kept.write_bytes(data)
            print(f"the decoder died over {kept}")
            self.reader.stop()
            self.reader = Reader()
        finally:
            path.unlink()
        took = time.monotonic() - start
        self.slowest = max(self.slowest, took)
        self.count_memory()

    def count_memory(self):
        try:
            status = Path(f"/proc/{self.reader._process.pid}/status").read_text()
        except OSError:
            return
        peak = next((line for line in status.splitlines() if line.startswith("VmHWM")), "x 0")
        self.memory = max(self.memory, int(peak.split()[1]) << 10)

    def tell(self, what):
        count = self.read + self.refused + self.crashed
        figure(f"{what}: read / refused", f"{self.read} / {self.refused} of {count}", "all")
        figure(f"{what}: the decoder died", self.crashed, 0)
        figure(f"{what}: slowest", f"{self.slowest:.2f} s", "at most 10 s")
        if self.memory:
            figure(f"{what}: most memory", f"{self.memory >> 20} MB", "at most 2,048 MB")


@pytest.fixture
def watched(tmp_path):
    out = Watched(tmp_path)
    yield out
    out.reader.stop()


def test_mutated_files_are_read_or_refused_in_a_sentence(watched):
    rng = np.random.default_rng(5)
    pool = list(good_files().values())
    for _ in range(times(1500, 100_000)):
        watched.take(mutated(rng, pool))
    watched.tell("mutated files")
    assert watched.crashed == 0
    assert watched.memory < MOST_MEMORY


def test_files_made_to_do_harm_are_refused_or_harmless(watched):
    for name, data in malicious():
        watched.take(data, name)
    watched.tell("bombs, loops, lies")
    assert watched.crashed == 0
    assert watched.memory < MOST_MEMORY


def test_every_truncation_up_to_1000_bytes_is_refused(watched):
    step = times(17, 1)
    for name, data in good_files().items():
        before = watched.read
        for length in range(0, min(len(data) - END_MARK, 1001), step):
            watched.take(data[:length], name)
        assert watched.read == before, f"a cut {name} was read"
    watched.tell("cut off files" if LONG else "cut off files, some lengths")
    assert watched.crashed == 0
