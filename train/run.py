"""One run on disk and in memory: build it, resume it, move it from stage to stage, save it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from engine.errors import SnapshotError
from engine.files import replace_file
from engine.network.snapshot import load_generator, save_snapshot
from train.config import Stage, TrainConfig
from train.growing import GrowingGenerator, inherit
from train.kernels import Kernels
from train.players import average_of, grow, networks, new_players, with_optimisers
from train.state import CheckpointError, load_checkpoint, save_checkpoint
from train.step import Players

CHECKPOINT = "checkpoint.pt"
CRITIC = Path("critic.safetensors")
_D = 1  # place of D among a checkpoint's parts


class Run:
    """Hold everything that changes while training.

    Attributes:
        config: the recipe.
        cur_nimg: images shown so far, over all processes.
        stage_index: the stage the players are built for.
        players: both networks with their optimisers.
        G_ema: the averaged generator.
        scores: the validation scores so far, newest last.
    """

    def __init__(
        self,
        config: TrainConfig,
        device: torch.device,
        dtype: torch.dtype,
        kernels: Kernels | None = None,
    ):
        """Build a new run at image 0, computing by ``kernels`` where given."""
        self.config, self.device, self.dtype = config, device, dtype
        self.kernels = kernels or Kernels()
        self.cur_nimg = 0
        self.stage_index = 0
        self.players: Players = self._new_players()
        self.G_ema: GrowingGenerator = average_of(self.players)
        self.scores: list[dict[str, float]] = []

    @property
    def stage(self) -> Stage:
        """Return the stage the players are built for."""
        return self.config.stages[self.stage_index]

    @property
    def seen(self) -> int:
        """Return the images of the present stage shown so far."""
        return self.config.stage_at(self.cur_nimg)[2]

    @property
    def done(self) -> bool:
        """Tell whether every image of the recipe was shown."""
        return self.cur_nimg >= self.config.images

    def advance(self) -> bool:
        """Enter the stage ``cur_nimg`` belongs to; True when it is a new one."""
        index = self.config.stage_at(self.cur_nimg)[0]
        changed = index != self.stage_index
        if changed:
            self.stage_index = index
            self._renew()
        self._set_alpha(self.stage.alpha_at(self.seen))
        return changed

    def skip_to(self, stage: int) -> None:
        """Stand at the beginning of stage number ``stage`` with new players, without a fade."""
        self.cur_nimg = sum(before.images for before in self.config.stages[:stage])
        self.stage_index = stage
        self.players = self._new_players()
        self.G_ema = average_of(self.players)

    def start_from(self, snapshot: Path) -> int:
        """Take the weights of a snapshot for G and its average; return how many tensors fitted.

        Raises:
            SnapshotError: the snapshot cannot be used, or is of another network.
        """
        source, _ = load_generator(snapshot)
        inherit(self.G_ema, source)
        fitted = inherit(self.players.G, source)
        if 2 * fitted < len(self.players.G.state_dict()):
            raise SnapshotError("{0}: only {1} tensors fit this preset's G.", snapshot.name, fitted)
        return fitted

    def start_critic_from(self, checkpoint: Path) -> int:
        """Take D's weights of another run; return how many tensors fitted.

        Args:
            checkpoint: its checkpoint, or what ``save_critic`` wrote.

        Raises:
            CheckpointError: it cannot be used, or its critic is another network.
        """
        alone = checkpoint.suffix == CRITIC.suffix
        theirs = load_critic(checkpoint) if alone else load_checkpoint(checkpoint)["parts"][_D]
        fitted = inherit(self.players.D, theirs)
        if 2 * fitted < len(self.players.D.state_dict()):
            raise CheckpointError(f"{checkpoint}: only {fitted} tensors fit this preset's D.")
        return fitted

    def _new_players(self) -> Players:
        return new_players(self.config, self.stage, self.device, self.dtype, self.kernels)

    def _renew(self) -> None:
        old = self.players
        self.players = grow(old, self.config, self.stage, self.device)
        average = average_of(self.players)
        inherit(average, self.G_ema)
        if average.fade is not None:
            average.fade_from(copy.deepcopy(self.G_ema))
        self.G_ema = average

    def _set_alpha(self, alpha: float) -> None:
        for network in (self.players.G, self.players.D, self.G_ema):
            if network.fade is None:
                continue
            network.alpha = alpha
            if alpha >= 1:
                network.end_fade()
        if alpha >= 1:
            self.players.forget_removed()

    def state(self) -> dict[str, Any]:
        """Return everything needed to go on to the bit."""
        return {
            "cur_nimg": self.cur_nimg,
            "stage": self.stage_index,
            "fading": self.G_ema.fade is not None,
            "scores": self.scores,
            "parts": [part.state_dict() for part in self._parts()],
        }

    def _parts(self) -> list[Any]:
        """Return what has a ``state_dict``, in the checkpoint's order."""
        p = self.players
        return [p.G, p.D, self.G_ema, p.g_adam, p.d_adam, p.g_scaler, p.d_scaler]

    def save(self, folder: Path) -> None:
        """Write the checkpoint into the run's folder; raises DivergedError."""
        save_checkpoint(folder / CHECKPOINT, self.state(), self.players.G, self.players.D)

    def resume(self, folder: Path) -> bool:
        """Go on from the folder's checkpoint; False when it has none.

        Raises:
            CheckpointError: there is one, and it cannot be used.
        """
        if not (folder / CHECKPOINT).exists():
            return False
        state = load_checkpoint(folder / CHECKPOINT)
        self.cur_nimg, self.stage_index = state["cur_nimg"], state["stage"]
        self.scores = state["scores"]
        self.players = self._new_players()
        if state["fading"]:
            self._attach_fade()
        self.G_ema = average_of(self.players)
        try:
            for part, values in zip(self._parts(), state["parts"], strict=True):
                part.load_state_dict(values)
            self.players.fit_device(self.device)
        except (RuntimeError, ValueError, KeyError) as error:
            raise CheckpointError(
                f"{folder / CHECKPOINT} is of another preset; name that one, or another folder."
            ) from error
        self.advance()
        return True

    def _attach_fade(self) -> None:
        """Build the half-sized entries again, for a checkpoint to fill."""
        G, D = networks(self.config, Stage(0, self.stage.resolution // 2), self.kernels)
        p = self.players
        p.G.fade_from(G)
        p.D.fade_from(D)
        self.players = with_optimisers(
            p.G, p.D, self.config, self.stage, self.device, self.dtype, self.kernels
        )

    def snapshot(self, path: Path) -> str:
        """Write the averaged generator, ``settled``, for users; return the file's SHA-256."""
        notes = {"images": self.cur_nimg, "score": self.scores[-1] if self.scores else {}}
        return save_snapshot(path, self.G_ema.settled(), notes)

    def save_critic(self, folder: Path) -> None:
        """Write D's weights in half precision, for runs that begin with a trained critic."""
        state = self.players.D.state_dict()
        halves = {name: value.detach().cpu().half().contiguous() for name, value in state.items()}
        part = folder / f"{CRITIC}.part"
        save_file(halves, part)
        part.replace(folder / CRITIC)


def load_critic(path: Path) -> dict[str, Tensor]:
    """Read what ``Run.save_critic`` wrote, as float32.

    Raises:
        CheckpointError: the file is missing or damaged.
    """
    try:
        return {name: value.float() for name, value in load_file(path).items()}
    except (OSError, SafetensorError) as error:
        raise CheckpointError(
            f"{path} cannot be resumed from ({type(error).__name__}); name the checkpoint or the "
            "critic.safetensors of a run."
        ) from error


def noise(config: TrainConfig, n: int, cur_nimg: int, purpose: int) -> torch.Generator:
    """Return the CPU random generator of one purpose at one point of the run."""
    seed = (config.seed * 1_000_003 + cur_nimg) * 8 + purpose
    return torch.Generator().manual_seed(seed % (1 << 63))


def draw_noise(config: TrainConfig, n: int, cur_nimg: int, purpose: int) -> Tensor:
    """Draw latents (n, z_channels, 4, 4), a function of the seed, ``cur_nimg`` and purpose."""
    shape = (n, config.generator.z_channels, 4, 4)
    return torch.randn(shape, generator=noise(config, n, cur_nimg, purpose))


def draw_mixing(config: TrainConfig, n: int, cur_nimg: int, purpose: int) -> Tensor:
    """Draw t (n,) uniform in [0, 1), likewise."""
    return torch.rand(n, generator=noise(config, n, cur_nimg, purpose))


def write_json(path: Path, values: Any) -> None:  # noqa: ANN401
    """Write readable JSON."""
    text = json.dumps(values, indent=1) + "\n"
    replace_file(
        path, lambda temporary: temporary.write_text(text, encoding="utf-8"), overwrite=True
    )


def parameters(network: nn.Module) -> int:
    """Return the number of parameters."""
    return sum(p.numel() for p in network.parameters())
