"""Feed the readers what a fuzzer makes up: photos, masks, snapshots, recipes, steps, answers.

    make fuzz                                  three minutes
    make fuzz FUZZ="-max_total_time=3600"      an hour
    make fuzz FUZZ=crash-0123...               one input again

Needs the extra "fuzz" (atheris: libFuzzer for Python). Coverage is that of the Python modules; the
decoders below them are libraries in machine code, which their own projects fuzz.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import atheris

sys.path.insert(0, str(Path(__file__).parents[2]))
INSTRUMENTED = ["engine", "engine.record.session_steps", "engine.record.planes"]
INSTRUMENTED += ["engine.record.recipe", "engine.record.fields", "engine.record.recipe_steps"]
with atheris.instrument_imports(include=INSTRUMENTED):
    import engine.network.snapshot
    import engine.photo.mask
    import engine.photo.read
    import engine.reader.wire
    import engine.record.recipe
    import engine.record.session_steps
    from engine.errors import EngineError

import numpy as np  # noqa: E402

from engine.geometry import Box  # noqa: E402
from tests.faults.corpus import good_files, mended  # noqa: E402

SCRATCH = Path("/dev/shm") if Path("/dev/shm").is_dir() else Path(tempfile.gettempdir())
FILE = SCRATCH / f"lacuna-fuzz-{os.getpid()}.bin"
OPTIONS = ("-timeout=10", "-rss_limit_mb=2048", "-max_len=20000", "-print_final_stats=1")


DOCUMENT = SimpleNamespace(image=np.zeros((28, 40, 3), np.uint8), box=Box(0, 0, 40, 28))
EXPECTED = (EngineError, engine.record.session_steps.DamagedJournal, engine.reader.wire.Crooked)


def read_recipe(path: Path) -> None:
    """Read a recipe and unpack the planes in it, as a replay does."""
    for step in engine.record.recipe.read_recipe(path).steps:
        for part in getattr(step, "holes", ()):
            part.plane.bits()
        for plane in getattr(step, "planes", ()):
            plane.levels()


def read_answer(path: Path) -> None:
    """Rebuild what a process that reads photos might answer."""
    try:
        node = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return
    engine.reader.wire.unpack(node, memoryview(bytes(4096)))


READERS = {
    6: lambda path: engine.photo.mask.read_mask(path, (40, 28)),
    7: lambda path: engine.network.snapshot.load_generator(path),
    8: read_recipe,
    9: lambda path: engine.record.session_steps.unpack(path.read_bytes(), DOCUMENT.image),
    10: read_answer,
    11: lambda path: engine.record.session_steps.unpack_told(
        path.read_text("latin-1"), DOCUMENT.box
    ),
}


def read_once(data: bytes) -> None:
    """Read one input as its first byte says; only the errors for people may come out."""
    kind, body = data[0] % 12, mended(data[1:])
    FILE.write_bytes(body)
    try:
        READERS.get(kind, engine.photo.read.read_photo)(FILE)
    except EXPECTED as error:
        sentence = str(error)
        assert kind > 8 or sentence.endswith("."), sentence
        assert kind > 8 or "\n" not in sentence, sentence
        assert kind in (6, 9, 10, 11) or FILE.name in sentence, sentence


def test_one_input(data: bytes) -> None:
    """Be what libFuzzer calls."""
    if data:
        read_once(data)


def seeds(folder: Path) -> None:
    """Write the inputs to begin with."""
    for number, (name, data) in enumerate(good_files().items()):
        (folder / name).write_bytes(bytes([number % 6]) + data)
    (folder / "mask.png").write_bytes(b"\6" + good_files()["a.png"])
    (folder / "recipe").write_bytes(b"\x08" + _recipe(folder))
    (folder / "step").write_bytes(b"\x09" + _step())
    told = json.dumps([None, "part", json.loads(_recipe(folder))["steps"][0]])
    (folder / "told").write_bytes(b"\x0b" + told.encode("ascii"))
    packer = engine.reader.wire.Packer()
    photo = engine.photo.read.read_photo(_put(folder, good_files()["a.png"]))
    (folder / "answer").write_bytes(b"\x0a" + json.dumps(packer.pack(photo)).encode())
    (folder / "snapshot").write_bytes(b"\7" + _small_snapshot(folder))


def _put(folder: Path, data: bytes) -> Path:
    path = folder / "whole"
    path.write_bytes(data)
    return path


def _recipe(folder: Path) -> bytes:
    from engine.record.planes import Plane
    from engine.record.steps import FilledHole, FillStep, RestoreStep
    from engine.removal.choice import Kind, View
    from engine.removal.latents import Latent

    box = Box(3, 4, 20, 19)
    bits = Plane.of_bits(box, np.eye(15, 17, dtype=bool))
    levels = Plane.of_levels(box, np.full((15, 17), 200, np.uint8))
    z = np.zeros((4, 4, 4), np.float32)
    views = (View(Box(-20, -20, 44, 44), box),)
    network = FilledHole(bits, Kind.NETWORK, Latent(77), "0" * 64, views, z)
    steps = FillStep((network, FilledHole(bits, Kind.PHOTO))), RestoreStep((levels,))
    path = folder / "whole.lacuna"
    engine.record.recipe.write_recipe(
        engine.record.recipe.Recipe("a.jpg", (40, 28), steps, bits), path
    )
    data = path.read_bytes()
    path.unlink()
    return data


def _step() -> bytes:
    change = engine.record.session_steps.Change
    box = Box(3, 4, 20, 19)
    flips = change(0, box, np.eye(15, 17, dtype=bool))
    pixels = change(1, box, np.ones((15, 17, 3), np.uint8))
    return engine.record.session_steps.pack([flips, pixels])


def _small_snapshot(folder: Path) -> bytes:
    from engine.network.config import GeneratorConfig
    from engine.network.generator import Generator

    path = folder / "whole.safetensors"
    engine.network.snapshot.save_snapshot(path, Generator(GeneratorConfig(resolution=8, base=8)))
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
