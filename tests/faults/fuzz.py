"""Feed the readers files that a coverage-guided fuzzer makes up: photos, masks, snapshots.

    make fuzz                                  three minutes
    make fuzz FUZZ="-max_total_time=3600"      an hour
    make fuzz FUZZ=crash-0123...               one input again

Needs the extra "fuzz" (atheris: libFuzzer for Python). Coverage is that of the Python modules; the
decoders below them are libraries in machine code, which their own projects fuzz.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parents[2]))
with atheris.instrument_imports(include=["engine", "app.session_steps"]):
    import engine.photo.mask
    import engine.photo.read
    import engine.snapshot
    from engine.errors import EngineError

from tests.faults.corpus import good_files, mended

SCRATCH = Path("/dev/shm") if Path("/dev/shm").is_dir() else Path(tempfile.gettempdir())
FILE = SCRATCH / f"lacuna-fuzz-{os.getpid()}.bin"
OPTIONS = ("-timeout=10", "-rss_limit_mb=2048", "-max_len=20000", "-print_final_stats=1")


def read_once(data: bytes) -> None:
    """Read one input as its first byte says; only the errors for people may come out."""
    kind, body = data[0] % 8, mended(data[1:])
    FILE.write_bytes(body)
    try:
        if kind == 7:
            engine.snapshot.load_generator(FILE)
        elif kind == 6:
            engine.photo.mask.read_mask(FILE, (40, 28))
        else:
            photo = engine.photo.read.read_photo(FILE)
            assert photo.pixels.ndim == 3
    except EngineError as error:
        sentence = str(error)
        assert sentence.endswith("."), sentence
        assert "\n" not in sentence, sentence
        assert FILE.name in sentence or kind == 6, sentence


def test_one_input(data: bytes) -> None:
    """Be what libFuzzer calls."""
    if data:
        read_once(data)


def seeds(folder: Path) -> None:
    """Write the inputs to begin with."""
    for number, (name, data) in enumerate(good_files().items()):
        (folder / name).write_bytes(bytes([number % 6]) + data)
    (folder / "mask.png").write_bytes(b"\6" + good_files()["a.png"])
    (folder / "snapshot").write_bytes(b"\7" + _small_snapshot(folder))


def _small_snapshot(folder: Path) -> bytes:
    from engine.config import GeneratorConfig
    from engine.generator import Generator

    path = folder / "whole.safetensors"
    engine.snapshot.save_snapshot(path, Generator(GeneratorConfig(resolution=8, base=8)))
    data = path.read_bytes()
    path.unlink()
    return data


def main() -> None:
    """Fuzz with libFuzzer's options from the command line."""
    corpus = Path(os.environ.get("LACUNA_FUZZ_CORPUS") or tempfile.mkdtemp(prefix="lacuna-fuzz-"))
    corpus.mkdir(parents=True, exist_ok=True)
    seeds(corpus)
    atheris.Setup([sys.argv[0], *OPTIONS, *sys.argv[1:], str(corpus)], test_one_input)
    try:
        atheris.Fuzz()
    finally:
        FILE.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
