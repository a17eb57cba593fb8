"""Make everything people install, in ``dist``; run it with ``make package``.

Besides PyInstaller's folder ``dist/lacuna`` (on macOS also ``dist/Lacuna.app``) there are in
``dist/out``: the system's packages, a bill of materials, and SHA256SUMS over both.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

import icons
import linux
import notices

ROOT = Path(__file__).parents[1]
DIST, BUILD, OUT = ROOT / "dist", ROOT / "build", ROOT / "dist" / "out"


def main() -> None:
    """Build, collect licences, pack, and list what came out."""
    sys.path.insert(0, str(ROOT))
    from engine import __version__

    started = time.monotonic()
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    BUILD.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level=WARN"]
    subprocess.run([*command, str(ROOT / "lacuna.spec")], cwd=ROOT, check=True)
    built = time.monotonic()
    bundle = DIST / "lacuna"
    if sys.platform != "darwin":  # there everything inside is signed already
        for name in ("licences", "integrations"):
            lift(bundle / "_internal" / name, bundle / name)
    flavour = f"lacuna-{__version__}-{platform.system().lower()}-{platform.machine().lower()}"
    shutil.copyfile(BUILD / "lacuna.cdx.json", OUT / f"{flavour}.cdx.json")
    pack(bundle, __version__, flavour)
    list_sums()
    tell(bundle, built - started, time.monotonic() - built)


def lift(inner: Path, outer: Path) -> None:
    """Move what people should find to where they look; nothing happens if it is not there."""
    if inner.is_dir():
        shutil.rmtree(outer, ignore_errors=True)
        shutil.move(inner, outer)


def pack(bundle: Path, version: str, flavour: str) -> None:
    """Make the system's own kinds of packages."""
    if sys.platform.startswith("linux"):
        drawn = BUILD / "icons"
        if shutil.which("dpkg-deb"):
            linux.debian_package(bundle, icons.draw(drawn), version, OUT)
        linux.archive(bundle, icons.draw(drawn), version, OUT)
    elif sys.platform == "darwin":
        # ditto keeps the links and signatures inside an application; zipfile does not
        app, target = DIST / "Lacuna.app", OUT / f"{flavour}.zip"
        subprocess.run(["ditto", "-c", "-k", "--keepParent", str(app), str(target)], check=True)
    else:
        shutil.make_archive(str(OUT / flavour), "zip", DIST, "lacuna")
        if compiler := shutil.which("iscc"):
            script = ROOT / "packaging" / "windows" / "lacuna.iss"
            subprocess.run([compiler, f"/DVersion={version}", str(script)], check=True)


def list_sums() -> None:
    """Write SHA256SUMS as ``sha256sum --check`` reads it."""
    files = sorted(path for path in OUT.iterdir() if path.is_file())
    rows = [f"{notices.sha256(path)}  {path.name}\n" for path in files]
    (OUT / "SHA256SUMS").write_text("".join(rows), encoding="utf-8")


def tell(bundle: Path, building: float, packing: float) -> None:
    """Print the sizes and the times."""
    inside = sum(path.lstat().st_size for path in bundle.rglob("*") if not path.is_symlink())
    print(f"Built in {building:.0f} s, packed in {packing:.0f} s")
    print(f"{inside / 1e6:8.1f} MB  {bundle.relative_to(ROOT)}/")
    for path in sorted(OUT.iterdir()):
        print(f"{path.stat().st_size / 1e6:8.1f} MB  {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
