"""Say what the executables are made of: a bill of materials, and everybody's licence texts.

What is inside follows from the files that went in: each belongs to a distribution of this Python,
to a package of the system (asked from dpkg), to Python itself, or to Lacuna.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
_TEXT = re.compile(r"(licen[cs]e|copying|notice|authors|copyright)", re.IGNORECASE)
_LGPL = ("pyside6", "shiboken6")  # whose wheels carry no text


@dataclass(frozen=True, order=True)
class Part:
    """Describe one thing inside: ``kind`` is pypi, deb or generic, ``texts`` are its licences."""

    name: str
    version: str
    kind: str
    licence: str = ""
    texts: tuple[Path, ...] = field(default=(), compare=False)

    def as_component(self) -> dict[str, Any]:
        """Return what CycloneDX calls a component."""
        out: dict[str, Any] = {
            "type": "library",
            "name": self.name,
            "version": self.version,
            "purl": f"pkg:{self.kind}{'/debian' * (self.kind == 'deb')}/{self.name}@{self.version}",
        }
        if self.licence:
            out["licenses"] = [{"license": {"name": self.licence}}]
        return out


def parts_of(sources: Iterable[str]) -> list[Part]:
    """Return what the files at ``sources`` belong to, sorted by name; Lacuna's own are left out."""
    paths = {Path(source).resolve() for source in sources if source not in ("", "-")}
    parts = {_python(), _bootloader()}
    for distribution in metadata.distributions():
        if distribution.name == "lacuna":
            continue
        own = {Path(str(distribution.locate_file(file))).resolve() for file in _files(distribution)}
        if own & paths:
            parts.add(_part(distribution))
            paths -= own
    parts |= _debian(path for path in paths if str(path).startswith(("/usr/lib", "/lib")))
    return sorted(parts, key=lambda part: part.name.lower())


def write_texts(parts: Iterable[Part], folder: Path) -> None:
    """Copy Lacuna's licence to ``folder``, and every part's texts to ``folder``/NAME/."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copyfile(HERE.parent / "LICENSE", folder / "LICENSE.txt")
    for part in parts:
        place = folder / part.name
        place.mkdir(parents=True, exist_ok=True)
        for text in part.texts:
            name = "-".join(text.parts[-6:]) if (place / text.name).exists() else text.name
            shutil.copyfile(text, place / name)


def bill(parts: Iterable[Part], version: str, weights: Path) -> dict[str, Any]:
    """Return a CycloneDX 1.5 bill of materials of Lacuna ``version``."""
    trained = {
        "type": "machine-learning-model",
        "name": weights.name,
        "hashes": [{"alg": "SHA-256", "content": sha256(weights)}],
        "licenses": [{"license": {"id": "MIT"}}],
    }
    program = {"type": "application", "name": "lacuna", "version": version}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": program | {"licenses": [{"license": {"id": "MIT"}}]}},
        "components": [trained, *(part.as_component() for part in parts)],
    }


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _files(distribution: metadata.Distribution) -> list[Any]:
    return list(distribution.files or [])


def _part(distribution: metadata.Distribution) -> Part:
    told = distribution.metadata
    classes = [text for text in told.get_all("Classifier") or [] if text.startswith("License ::")]
    licence = told.get("License-Expression") or " ".join(c.rpartition(":: ")[2] for c in classes)
    licence = licence or (told.get("License") or "").partition("\n")[0]
    texts = [
        Path(str(distribution.locate_file(file)))
        for file in _files(distribution)
        if ".dist-info" in file.parts[0] and _TEXT.search(file.name)
    ]
    if told["Name"].lower().startswith(_LGPL):
        texts += [HERE / "licences" / "LGPL-3.txt", HERE / "licences" / "GPL-3.txt"]
    return Part(told["Name"], distribution.version, "pypi", licence, tuple(texts))


def _python() -> Part:
    text = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    version = sys.version.split()[0]
    return Part("python", version, "generic", "PSF-2.0", (text,) if text.exists() else ())


def _bootloader() -> Part:
    try:
        return _part(metadata.distribution("pyinstaller"))
    except metadata.PackageNotFoundError:
        return Part("pyinstaller", "0", "pypi", "GPL-2.0 with an exception for what it makes")


def _debian(libraries: Iterable[Path]) -> set[Part]:
    """Return the Debian packages the system's libraries come from; none where dpkg is not."""
    if not shutil.which("dpkg-query"):
        return set()
    return {part for path in libraries if (part := _package(path)) is not None}


def _package(library: Path) -> Part | None:
    for name in (str(library), str(library).removeprefix("/usr")):
        owner = _ask("dpkg-query", "--search", name).partition(":")[0]
        if owner and " " not in owner:
            version = _ask("dpkg-query", "--show", "--showformat=${Version}\n", owner)
            text = Path("/usr/share/doc") / owner / "copyright"
            return Part(
                owner, version.partition("\n")[0], "deb", "", (text,) if text.exists() else ()
            )
    return None


def _ask(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
