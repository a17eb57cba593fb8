"""The files that ship with the program: weights, samples, icons."""

from pathlib import Path

ASSETS = Path(__file__).parent
SNAPSHOT = ASSETS / "weights" / "lacuna.safetensors"
SNAPSHOT_SHA256 = "bebc48622d90c7c0fbb5a8fbcf8226df4e6d7fd1a88f47201e2447fc7f4fcc1e"
SAMPLE_PHOTO = ASSETS / "samples" / "sample.jpg"
SAMPLE_MASK = ASSETS / "samples" / "sample-mask.png"
