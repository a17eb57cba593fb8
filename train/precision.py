"""Choose the type features are computed in; weights, colours and slopes stay float32."""

from __future__ import annotations

import platform
from typing import Final

import torch

PRECISIONS: Final = {
    "float32": torch.float32,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
}


def pick_precision(wish: str, device: torch.device) -> torch.dtype:
    """Return the type for ``wish``, a key of ``PRECISIONS`` or "auto".

    bfloat16 where the device computes in it rather than only emulates it. CUDA devices without
    train in float16 with loss scaling, CPUs without in float32.
    """
    if wish != "auto":
        return PRECISIONS[wish]
    if device.type == "cuda":
        native = torch.cuda.is_bf16_supported(including_emulation=False)
        return torch.bfloat16 if native else torch.float16
    return torch.bfloat16 if _cpu_has_bfloat16() else torch.float32


def _cpu_has_bfloat16() -> bool:
    if not torch.ops.mkldnn._is_mkldnn_bf16_supported():
        return False
    if platform.machine().lower() in ("x86_64", "amd64"):  # oneDNN emulates it on any AVX-512
        return bool(torch.cpu._is_avx512_bf16_supported())
    return True
