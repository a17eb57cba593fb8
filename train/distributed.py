"""Share one global batch among the processes that ``torchrun`` started; alone, do nothing.

Every process holds both players, takes its part of the batch and of the noise, and averages its
gradients with the others' after each backward pass. Weights start equal and stay equal, for every
process then makes the same update. Process 0 alone writes, scores and reports.

``DistributedDataParallel`` is not used. It averages in hooks that expect one forward and one
backward pass of the wrapped module; the critic is asked up to three times a step, once inside
``torch.autograd.grad`` for the penalty, where it has been seen to give wrong gradients (PyTorch
issue 47562), and is frozen while G learns. One reduction of all gradients at the end is exact; what
it loses, the overlap with the backward pass, is little at 3 to 12 million parameters.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn

PATIENCE: Final = timedelta(hours=2)  # others wait while process 0 scores or cuts crops
T = TypeVar("T")


def launched() -> int:
    """Return how many processes ``torchrun`` started, 1 without it; known before ``start``."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def start(cuda: bool) -> torch.device:
    """Join the other processes, if any, and return this one's device.

    Args:
        cuda: use one CUDA device per process (nccl) rather than the CPU (gloo).
    """
    index = int(os.environ.get("LOCAL_RANK", "0"))
    device = torch.device("cuda", index) if cuda else torch.device("cpu")
    if cuda:
        torch.cuda.set_device(device)
    if launched() > 1 and not dist.is_initialized():
        dist.init_process_group("nccl" if cuda else "gloo", timeout=PATIENCE)
    return device


def cores() -> int:
    """Return this process's share of the machine's cores, at least 1."""
    return max(1, (os.cpu_count() or 1) // int(os.environ.get("LOCAL_WORLD_SIZE", "1")))


def stop() -> None:
    """Wait for the others and part."""
    if dist.is_initialized():
        dist.barrier()
        dist.destroy_process_group()


def rank() -> int:
    """Return the number of this process, 0 alone."""
    return dist.get_rank() if dist.is_initialized() else 0


def world() -> int:
    """Return the number of processes."""
    return dist.get_world_size() if dist.is_initialized() else 1


def part(whole: Tensor) -> Tensor:
    """Return this process's share of a global batch (N, ...); ``world()`` divides N."""
    return whole.chunk(world())[rank()]


def mean(value: Tensor) -> Tensor:
    """Return the mean of ``value`` over the processes, without gradient; ``value`` itself alone."""
    if world() == 1:
        return value
    total = value.detach().clone()
    dist.all_reduce(total)
    return total / world()


def average_gradients(parameters: Iterable[nn.Parameter]) -> None:
    """Replace every gradient by its mean over the processes.

    All processes must hold gradients of the same parameters. An infinite one anywhere reaches
    all, so that loss scaling skips the same steps everywhere.
    """
    if world() == 1:
        return
    grads = [p.grad for p in parameters if p.grad is not None]
    flat = torch.cat([grad.flatten() for grad in grads])
    dist.all_reduce(flat)
    flat /= world()
    means = torch.split(flat, [grad.numel() for grad in grads])
    for grad, average in zip(grads, means, strict=True):
        grad.copy_(average.view_as(grad))


def agreed(flag: bool, device: torch.device) -> bool:
    """Return process 0's answer to a question that clocks may answer differently."""
    if world() == 1:
        return flag
    answer = torch.tensor(float(flag), device=device)
    dist.broadcast(answer, 0)
    return bool(answer)


def same_everywhere(value: int, device: torch.device) -> bool:
    """Tell whether all processes hold the same number."""
    if world() == 1:
        return True
    values = torch.tensor([value, -value], device=device)
    dist.all_reduce(values, dist.ReduceOp.MAX)
    return int(values[0]) == -int(values[1])


def first_alone(make: Callable[[], T]) -> T:
    """Return ``make()``, called by process 0 while the others wait, then by them."""
    if rank() == 0:
        made = make()
    if world() > 1:
        dist.barrier()
    return made if rank() == 0 else make()
