"""What people install: a whole Debian package and archive of a made-up bundle, and their papers."""

import configparser
import gzip
import hashlib
import json
import plistlib
import re
import shutil
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PIL import Image

from app.cli.command_line import COMMANDS
from engine import __version__
from engine.formats import OPEN_ENDINGS

ROOT = Path(__file__).parents[2]
HERE = ROOT / "packaging"
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux packages are made on Linux")


@pytest.fixture(scope="module")
def tools():
    """Import the scripts of packaging/, whose folder is on no path otherwise."""
    sys.path.insert(0, str(HERE))
    try:
        import icons
        import linux
        import notices
        import package
        import systems
        import trim
    finally:
        sys.path.remove(str(HERE))
    modules = (icons, linux, notices, package, systems, trim)
    return type("Tools", (), {module.__name__: module for module in modules})


@pytest.fixture(scope="module")
def drawn(tools, qapp, tmp_path_factory):
    return tools.icons.draw(tmp_path_factory.mktemp("icons"))


@pytest.fixture
def bundle(tmp_path):
    """A bundle as PyInstaller leaves one: a program, a library, a link."""
    folder = tmp_path / "dist" / "lacuna"
    (folder / "_internal" / "Qt").mkdir(parents=True)
    program = folder / "lacuna"
    program.write_text("#!/bin/sh\necho Lacuna\n")
    program.chmod(0o755)
    (folder / "_internal" / "Qt" / "libQt6Core.so.6").write_bytes(b"library" * 1000)
    (folder / "_internal" / "libQt6Core.so.6").symlink_to("Qt/libQt6Core.so.6")
    return folder


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


# What is left out


@pytest.mark.parametrize(
    "path",
    [
        "torch/test/cpp/api",
        "torch/bin/protoc",
        "torch/include/ATen/ATen.h",
        "torch/_inductor/config.py",
        "torch/testing/_internal/common_utils.py",
        "torch-2.13.0.dist-info/RECORD",
        "PySide6/Qt/lib/libQt6Network.so.6",
        "libQt6EglFsKmsSupport.so.6",
        "PySide6/Qt/plugins/platforms/libqeglfs.so",
        "PySide6/Qt/plugins/tls/libqopensslbackend.so",
        "PySide6/Qt/translations/qtbase_fr.qm",
        "PySide6/Qt/translations/qt_de.qm",
        "PySide6\\plugins\\platforms\\qminimal.dll",
        "libstdc++.so.6",
        "numpy.libs/libfontconfig.so.1",
    ],
)
def test_what_filling_does_not_need_stays_out(tools, path):
    assert not tools.trim.is_wanted(path)


@pytest.mark.parametrize(
    "path",
    [
        "torch/lib/libtorch_cpu.so",
        "torch/bin/torch_shm_manager",
        "torch/distributed/config.py",
        "torch/fx/experimental/_config.py",
        "torch/nn/functional.py",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqoffscreen.so",
        "PySide6/Qt/plugins/platforms/libqwayland.so",
        "PySide6/Qt/plugins/imageformats/libqsvg.so",
        "PySide6/Qt/translations/qtbase_de.qm",
        "PySide6/plugins/platforms/qwindows.dll",
        "assets/weights/lacuna.safetensors",
        "assets/samples/sample.jpg",
        "libxcb-cursor.so.0",
    ],
)
def test_what_it_needs_stays_in(tools, path):
    assert tools.trim.is_wanted(path)


def test_every_language_the_program_speaks_has_qts_own_texts(tools):
    from app.words.language import CATALOGS

    assert set(tools.trim.LANGUAGES) == set(CATALOGS)


def test_libraries_nobody_needs_any_more_are_found_in_chains(tools, monkeypatch):
    needs = {
        "/venv/a.so": {"liba.so.1", "libc.so.6"},
        "/usr/lib/liba.so.1": {"libb.so.2"},
        "/usr/lib/libb.so.2": set(),
        "/usr/lib/libgone.so.1": {"libdeep.so.1"},
        "/usr/lib/libdeep.so.1": set(),
    }
    monkeypatch.setattr(tools.trim, "_needed", needs.__getitem__)
    inside = {Path(source).name: source for source in needs}
    assert tools.trim.idle_libraries(inside) == {"libgone.so.1", "libdeep.so.1"}


# Licences and the bill of materials


def test_the_bill_names_what_the_files_belong_to(tools, tmp_path):
    import numpy
    import PIL

    parts = tools.notices.parts_of([numpy.__file__, PIL.__file__, "-", ""])
    names = {part.name.lower() for part in parts}
    assert {"numpy", "pillow", "python"} <= names
    assert "torch" not in names
    weights = tmp_path / "w.safetensors"
    weights.write_bytes(b"weights")
    bill = json.loads(json.dumps(tools.notices.bill(parts, "1.2.3", weights)))
    assert (bill["bomFormat"], bill["metadata"]["component"]["version"]) == ("CycloneDX", "1.2.3")
    digests = [c["hashes"][0]["content"] for c in bill["components"] if "hashes" in c]
    assert digests == [hashlib.sha256(b"weights").hexdigest()]
    assert f"pkg:pypi/numpy@{numpy.__version__}" in {c.get("purl") for c in bill["components"]}


def test_every_parts_licence_text_comes_along(tools, tmp_path):
    import numpy
    import PySide6

    parts = tools.notices.parts_of([numpy.__file__, PySide6.__file__])
    tools.notices.write_texts(parts, tmp_path / "licences")
    assert (tmp_path / "licences" / "LICENSE.txt").read_bytes() == (ROOT / "LICENSE").read_bytes()
    for part in parts:
        if part.name not in {"python", "pyinstaller"}:  # as this machine has them
            assert any((tmp_path / "licences" / part.name).iterdir()), part
    qt = next(part.name for part in parts if "pyside" in part.name.lower())
    text = (tmp_path / "licences" / qt / "LGPL-3.txt").read_text()
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in text


# Linux


def test_every_template_is_filled(tools):
    known = tools.linux.values("1.2.3", 42)
    for path in (HERE / "linux").iterdir():
        assert not re.search(r"@[A-Z_]+@", tools.linux.filled(path.name, known)), path.name


def test_the_desktop_finds_everything(tools, drawn, tmp_path):
    tools.linux.share(tmp_path, drawn, tools.linux.values(__version__, 42))
    for name in ("lacuna.desktop", "lacuna-edit.desktop"):
        entry = configparser.ConfigParser(interpolation=None)
        entry.optionxform = str
        entry.read(tmp_path / "applications" / name, encoding="utf-8")
        row = entry["Desktop Entry"]
        assert row["Exec"] == f"{name.partition('.')[0]} %f"
        assert {"image/jpeg", "image/tiff", "image/png"} <= set(row["MimeType"].split(";"))
        assert row["Icon"] == "lacuna"
    for size in tools.icons.SIZES:
        picture = tmp_path / "icons" / "hicolor" / f"{size}x{size}" / "apps" / "lacuna.png"
        with Image.open(picture) as icon:
            assert icon.size == (size, size)
            assert icon.getchannel("A").getextrema()[1] == 255
    metainfo = ET.parse(tmp_path / "metainfo" / "org.lacuna.Lacuna.metainfo.xml").getroot()
    assert metainfo.findtext("launchable") == "lacuna.desktop"
    assert metainfo.find("releases/release").get("version") == __version__
    page = gzip.decompress((tmp_path / "man" / "man1" / "lacuna.1.gz").read_bytes()).decode()
    assert [name for name in COMMANDS if f".B {name}" not in page] == []


@on_linux
@pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="dpkg-deb is not installed")
def test_the_debian_package_holds_program_launchers_and_papers(tools, bundle, drawn, out):
    path = tools.linux.debian_package(bundle, drawn, "1.2.3", out)
    assert re.fullmatch(r"lacuna_1\.2\.3_\w+\.deb", path.name)
    fields = subprocess.run(["dpkg-deb", "--field", path], capture_output=True, text=True).stdout
    assert "Package: lacuna\nVersion: 1.2.3\n" in fields
    assert "libgl1, libegl1, libfontconfig1" in fields
    listing = subprocess.run(
        ["dpkg-deb", "--contents", path], capture_output=True, text=True
    ).stdout.splitlines()
    rows = {row.split(maxsplit=5)[5]: row for row in listing}
    assert rows["./opt/lacuna/lacuna"].startswith("-rwxr-xr-x root/root")
    assert "./usr/bin/lacuna -> /opt/lacuna/lacuna" in rows
    assert "./usr/bin/lacuna-edit -> /opt/lacuna/lacuna" in rows
    assert "./opt/lacuna/_internal/libQt6Core.so.6 -> Qt/libQt6Core.so.6" in rows
    for name in ("applications/lacuna.desktop", "man/man1/lacuna.1.gz", "doc/lacuna/copyright"):
        assert f"./usr/share/{name}" in rows
    assert not (bundle.parent / "deb").exists()


@on_linux
@pytest.mark.skipif(not shutil.which("xz"), reason="xz is not installed")
def test_the_archive_runs_where_it_is_unpacked(tools, bundle, drawn, out, tmp_path):
    path = tools.linux.archive(bundle, drawn, "1.2.3", out)
    place = tmp_path / "Größere Programme"
    with tarfile.open(path) as archive:
        assert {member.name.partition("/")[0] for member in archive} == {"lacuna-1.2.3"}
        archive.extractall(place, filter="tar")
    for name in ("lacuna", "lacuna-edit"):
        done = subprocess.run([place / "lacuna-1.2.3" / name], capture_output=True, text=True)
        assert done.stdout == "Lacuna\n"
    assert "apt-get install" in (place / "lacuna-1.2.3" / "README.txt").read_text()
    again = path.read_bytes()
    tools.linux.archive(bundle, drawn, "1.2.3", out)
    assert path.read_bytes() == again, "the same bundle makes the same archive"


def test_the_sums_are_those_of_the_files(tools, out, monkeypatch):
    monkeypatch.setattr(tools.package, "OUT", out)
    (out / "b.deb").write_bytes(b"two")
    (out / "a.tar.xz").write_bytes(b"one")
    tools.package.list_sums()
    rows = (out / "SHA256SUMS").read_text().splitlines()
    assert rows == [
        f"{hashlib.sha256(data).hexdigest()}  {name}"
        for name, data in (("a.tar.xz", b"one"), ("b.deb", b"two"))
    ]


# Windows and macOS, as far as they can be read here


def test_the_version_resource_names_the_version(tools):
    class Record(dict):
        def __init__(self, *args, **kwargs):
            super().__init__(kwargs, args=args)

    names = ("VSVersionInfo", "FixedFileInfo", "StringFileInfo", "StringTable", "StringStruct")
    known = dict.fromkeys((*names, "VarFileInfo", "VarStruct"), Record)
    resource = eval(tools.systems.version_resource("1.20.3"), known)
    assert resource["ffi"]["filevers"] == (1, 20, 3, 0)


def test_the_property_list_offers_photographs_as_editor(tools):
    entry = plistlib.loads(plistlib.dumps(tools.systems.info_plist("1.2.3")))
    types = [kind["LSItemContentTypes"][0] for kind in entry["CFBundleDocumentTypes"]]
    assert {"public.jpeg", "public.tiff"} <= set(types)
    rights = plistlib.loads((HERE / "macos" / "entitlements.plist").read_bytes())
    assert all(value is True for value in rights.values())


def test_photo_types_are_ones_the_program_opens(tools):
    endings = {ending for _, _, endings in tools.systems.PHOTO_TYPES for ending in endings}
    assert endings <= OPEN_ENDINGS


def test_the_installer_takes_what_the_build_makes():
    script = (HERE / "windows" / "lacuna.iss").read_text(encoding="utf-8")
    spec = (ROOT / "lacuna.spec").read_text(encoding="utf-8")
    assert r'Source: "dist\lacuna\*"' in script
    for program in set(re.findall(r"\{app\}\\([\w-]+)\.exe", script)):
        assert f'"{program}"' in spec, program
    assert re.search(r"\{#Version\}", script)
    for line in re.findall(r'ValueName: "(\.\w+)"', script):
        assert line in OPEN_ENDINGS


def test_the_release_uses_commands_there_are():
    workflow = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"make ([a-z-]+)", workflow)):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target
    for path in re.findall(r"packaging[\\/][\w./\\-]+", workflow):
        assert (ROOT / path.replace("\\", "/")).exists(), path
