"""Make what people on Linux install of the folder PyInstaller made: a .deb and an archive."""

from __future__ import annotations

import gzip
import os
import platform
import shutil
import subprocess
import time
from pathlib import Path

import icons
import systems

HERE = Path(__file__).parent / "linux"
ROOT = Path(__file__).parents[1]
_EFFORT = 1  # xz -3 makes what is packed 4 % smaller in three times the time
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def values(version: str, kilobytes: int) -> dict[str, str]:
    """Return what stands for each @NAME@ of the files in ``packaging/linux``."""
    return {
        "VERSION": version,
        "DATE": time.strftime("%Y-%m-%d", time.gmtime(_moment())),
        "ARCHITECTURE": _ARCHITECTURES.get(platform.machine(), platform.machine()),
        "KILOBYTES": str(kilobytes),
        "GLIBC": platform.libc_ver()[1] or "2.34",
        "MIME_TYPES": "".join(f"{mime};" for mime, _, _ in systems.PHOTO_TYPES),
    }


def filled(name: str, known: dict[str, str]) -> str:
    """Return the file ``name`` of ``packaging/linux`` with its values put in."""
    text = (HERE / name).read_text(encoding="utf-8")
    for key, value in known.items():
        text = text.replace(f"@{key}@", value)
    return text


def share(folder: Path, drawn: Path, known: dict[str, str]) -> None:
    """Write what a desktop wants to find below ``folder``, such as /usr/share.

    Args:
        folder: is made if it is not there.
        drawn: the icons as ``icons.draw`` left them.
        known: the values of the templates.
    """
    for name in ("lacuna.desktop", "lacuna-edit.desktop"):
        _put(folder / "applications" / name, filled(name, known))
    metainfo = "org.lacuna.Lacuna.metainfo.xml"
    _put(folder / "metainfo" / metainfo, filled(metainfo, known))
    hicolor = folder / "icons" / "hicolor"
    for size in icons.SIZES:
        place = hicolor / f"{size}x{size}" / "apps"
        place.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(drawn / f"lacuna-{size}.png", place / "lacuna.png")
    _put(hicolor / "scalable" / "apps" / "lacuna.svg", icons.SOURCE.read_text(encoding="utf-8"))
    page = folder / "man" / "man1" / "lacuna.1.gz"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_bytes(gzip.compress(filled("lacuna.1", known).encode(), 9, mtime=0))


def debian_package(bundle: Path, drawn: Path, version: str, out: Path) -> Path:
    """Make lacuna_VERSION_ARCHITECTURE.deb of ``bundle`` in the folder ``out``."""
    known = values(version, _kilobytes(bundle))
    tree = bundle.parent / "deb"
    shutil.rmtree(tree, ignore_errors=True)
    _link_tree(bundle, tree / "opt" / "lacuna")
    share(tree / "usr" / "share", drawn, known)
    (tree / "usr" / "bin").mkdir(parents=True)
    for name in ("lacuna", "lacuna-edit"):
        (tree / "usr" / "bin" / name).symlink_to("/opt/lacuna/lacuna")
    papers = tree / "usr" / "share" / "doc" / "lacuna"
    _put(papers / "copyright", (ROOT / "LICENSE").read_text(encoding="utf-8") + _ELSEWHERE)
    news = (ROOT / "CHANGELOG.md").read_bytes()
    (papers / "changelog.gz").write_bytes(gzip.compress(news, 9, mtime=0))
    _put(tree / "DEBIAN" / "control", filled("control", known))
    package = out / f"lacuna_{version}_{known['ARCHITECTURE']}.deb"
    _run(
        *("dpkg-deb", "--root-owner-group", f"-z{_EFFORT}", "-Zxz", "--threads-max=0", "--build"),
        str(tree),
        str(package),
    )
    shutil.rmtree(tree)
    return package


def archive(bundle: Path, drawn: Path, version: str, out: Path) -> Path:
    """Make lacuna-VERSION-linux-MACHINE.tar.xz of ``bundle``; it runs from wherever it is."""
    name = f"lacuna-{version}"
    tree = bundle.parent / "archive" / name
    shutil.rmtree(tree.parent, ignore_errors=True)
    _link_tree(bundle, tree)
    (tree / "lacuna-edit").symlink_to("lacuna")
    share(tree / "share", drawn, values(version, 0))
    _put(tree / "README.txt", filled("README.txt", values(version, 0)))
    target = out / f"lacuna-{version}-linux-{platform.machine()}.tar.xz"
    _run(
        *(
            "tar",
            "--create",
            f"--file={target}",
            f"--use-compress-program=xz -{_EFFORT} --threads=0",
        ),
        *("--sort=name", "--owner=0", "--group=0", "--numeric-owner", f"--mtime=@{_moment()}"),
        f"--directory={tree.parent}",
        name,
    )
    shutil.rmtree(tree.parent)
    return target


_ELSEWHERE = "\nThe licences of what Lacuna is built on lie in /opt/lacuna/licences.\n"


def _moment() -> int:
    """Return the time to stamp files with: SOURCE_DATE_EPOCH, else the last commit's, else now."""
    if told := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(told)
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    try:
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    except (OSError, ValueError, subprocess.CalledProcessError):
        return int(time.time())


def _link_tree(source: Path, target: Path) -> None:
    """Make ``target`` the same tree as ``source`` without copying bytes where links suffice."""
    shutil.copytree(source, target, symlinks=True, copy_function=_link)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target)


def _kilobytes(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*")) // 1024


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _run(*command: str) -> None:
    environment = {"SOURCE_DATE_EPOCH": str(_moment()), **os.environ}
    subprocess.run(command, check=True, env=environment)
