"""The files that ship with the program: weights, samples, icons."""

from pathlib import Path

ASSETS = Path(__file__).parent
SNAPSHOT = ASSETS / "weights" / "lacuna.safetensors"
SNAPSHOT_SHA256 = "4220ea8abc148bb751486415afaf20d1e8068e20f6bd36f6cb6df259c90d47fa"
SAMPLE_PHOTO = ASSETS / "samples" / "sample.jpg"
SAMPLE_MASK = ASSETS / "samples" / "sample-mask.png"
