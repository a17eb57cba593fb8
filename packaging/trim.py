"""Say what the executables leave out; ``lacuna.spec`` asks, and so does a test.

torch stays out unless it is built for graphics cards: the processor fills without it. A card
needs its eager mode only. What compiles, exports, trains or tests with torch stays out,
as do Qt's plug-ins for devices without a desktop, its network and every language but those Lacuna
speaks. Parts of torch that look idle and are not (``import torch`` fails without them): torchgen,
torch.distributed, torch.testing._internal, torch_shm_manager, and the sources of some modules.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path, PurePath

EXCLUDED_MODULES = (
    "train",
    *("torch._dynamo", "torch._inductor", "torch.onnx", "torch.utils.tensorboard", "torch.test"),
    *("sympy", "mpmath", "networkx", "jinja2", "markupsafe", "fsspec", "filelock"),
    *("hypothesis", "pytest", "_pytest", "setuptools", "pip", "pkg_resources", "mypy", "pygments"),
    *("tensorboard", "google", "grpc", "scipy", "pandas", "matplotlib", "IPython", "triton"),
    *("ssl", "_ssl", "tkinter", "_tkinter", "lib2to3", "idlelib", "ensurepip", "pydoc_data"),
    *("PySide6.QtNetwork", "PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets", "PySide6.QtQml"),
    *("PIL.ImageTk", "PIL._avif_tests"),
)

FOR_CARDS = ("torch", "torchgen", "functorch")
"""What comes along only where torch is built for graphics cards."""

METADATA = (
    *("llvmlite", "numba", "numpy", "opencv-python-headless", "pillow", "safetensors"),
    *("PySide6-Essentials", "rawpy", "pi-heif"),
)
"""Distributions whose versions the program shows."""

LANGUAGES = ("de",)
"""Languages whose texts of Qt's own dialogs come along; English needs none."""

_UNWANTED = [
    re.compile(pattern)
    for pattern in (
        r"torch/test/",
        r"torch/bin/(?!torch_shm_manager)",
        r"torch/(include|share)/",
        r"torch/lib/.*\.(a|lib|pdb)$",
        r"torch/(_inductor|_dynamo|onnx)/",
        # Its modules' texts, but for those it reads when it is imported (inspect.getsource).
        r"torch/(?!(functional|nn/functional|nn/modules/rnn)\.py$)(?!(.*/)?[^/]*config[^/]*\.py$).*\.py$",
        r".*\.dist-info/RECORD$",
        r".*\.(pyi|pxd|h|hpp|cuh|cpp|cmake)$",
        r".*/(tests?|_pyinstaller|__pycache__)/.*\.py[cio]?$",
        r"cv2/data/",
        # On Linux the system's own libraries fit the system's drivers and fonts.
        r"(.*/)?lib(stdc\+\+|gcc_s|fontconfig|freetype|expat|X11|X11-xcb)\.so",
        r"PySide6/.*/(eglfs|linuxfb|vnc|vkkhrdisplay|minimalegl|minimal)",
        r"PySide6/.*plugins/platforms/(lib)?q(eglfs|linuxfb|vnc|vkkhrdisplay|minimal)",
        r"PySide6/.*plugins/(tls|networkinformation|egldeviceintegrations|generic|sqldrivers|qmltooling"
        r"|printsupport|position|multimedia)/",
        r"PySide6/.*plugins/platformthemes/.*gtk",
        r"PySide6/.*plugins/imageformats/.*q(pdf|tga|wbmp|icns|jp2)",
        r"PySide6/.*plugins/(iconengines)/.*pdf",
        r"(PySide6/.*|)(Qt6?|libQt6)(Network|EglF[sS]|Qml|Quick|Pdf|VirtualKeyboard|OpenGLWidgets"
        r"|Sql|Test)",
        r"PySide6/Qt/(qml|resources|libexec)/",
    )
]
_TRANSLATION = re.compile(r"PySide6/.*translations/")
_SPOKEN = re.compile(rf".*/qtbase_({'|'.join(LANGUAGES)})\.qm$")

_STRIPPED = ("libtorch_cpu.so", "libtorch_python.so", "libpython3")
"""Libraries that lose their symbol tables on Linux; numpy's and Qt's must keep theirs."""

_SYSTEM = ("/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/")


def is_wanted(destination: str) -> bool:
    """Tell whether a file belongs into the bundle, by its path there."""
    path = destination.replace("\\", "/")
    if _TRANSLATION.match(path):
        return bool(_SPOKEN.match(path))
    return not any(pattern.match(path) for pattern in _UNWANTED)


def idle_libraries(sources: Mapping[str, str]) -> set[str]:
    """Return the system libraries that only something left out had needed.

    Args:
        sources: where each library of the bundle comes from, by its path in the bundle.
    """
    system = {dest for dest, source in sources.items() if source.startswith(_SYSTEM)}
    needs = {dest: _needed(source) for dest, source in sources.items()}
    idle: set[str] = set()
    while True:
        wanted = {name for dest, names in needs.items() if dest not in idle for name in names}
        more = {dest for dest in system - idle if PurePath(dest).name not in wanted}
        if not more:
            return idle
        idle |= more


def strip(bundle: Path) -> None:
    """Remove the symbol tables of the libraries that bear it."""
    for library in bundle.rglob("*.so*"):
        if library.name.startswith(_STRIPPED) and not library.is_symlink():
            subprocess.run(["strip", "--strip-unneeded", str(library)], check=True)


def _needed(library: str) -> set[str]:
    """Return the names of the libraries that ``library`` asks the loader for."""
    told = subprocess.run(
        ["readelf", "--dynamic", library], capture_output=True, text=True, check=False
    )
    return set(re.findall(r"\(NEEDED\).*\[(.+)\]", told.stdout))
