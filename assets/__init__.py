"""The files that ship with the program: weights, samples, icons."""

from pathlib import Path

ASSETS = Path(__file__).parent
SNAPSHOT = ASSETS / "weights" / "lacuna-256.safetensors"
SAMPLE_PHOTO = ASSETS / "samples" / "sample.jpg"
SAMPLE_MASK = ASSETS / "samples" / "sample-mask.png"
