"""Say what the executables leave out; ``lacuna.spec`` asks, and so does a test.

Filling needs torch's eager mode only. What compiles, exports, trains or tests with torch stays out,
as do Qt's plug-ins for devices without a desktop, its network and every language but those Lacuna
speaks. Parts of torch that look idle and are not (``import torch`` fails without them): torchgen,
torch.distributed, torch.testing._internal, torch_shm_manager, and the modules' sources.
"""

from __future__ import annotations

import re
from pathlib import PurePath

EXCLUDED_MODULES = (
    "train",
    *("torch._dynamo", "torch._inductor", "torch.onnx", "torch.utils.tensorboard", "torch.test"),
    *("sympy", "mpmath", "networkx", "jinja2", "markupsafe", "fsspec", "filelock"),
    *("hypothesis", "pytest", "_pytest", "setuptools", "pip", "pkg_resources", "mypy", "pygments"),
    *("tensorboard", "google", "grpc", "scipy", "pandas", "matplotlib", "IPython", "triton"),
    *("tkinter", "_tkinter", "lib2to3", "idlelib", "ensurepip", "pydoc_data"),
    *("PySide6.QtNetwork", "PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets", "PySide6.QtQml"),
    *("PIL.ImageTk", "PIL._avif_tests", "imagecodecs", "zarr"),
)

METADATA = (
    *("torch", "numpy", "opencv-python-headless", "pillow", "tifffile", "safetensors"),
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
        r".*\.(pyi|pxd|h|hpp|cuh|cpp|cmake)$",
        r".*/(tests?|_pyinstaller|__pycache__)/.*\.py[cio]?$",
        r"cv2/data/",
        # On Linux the system's own libraries fit the system's drivers and fonts.
        r"(.*/)?lib(stdc\+\+|gcc_s|fontconfig|freetype|expat|gtk-3|gdk-3|atk|cairo|pango)[-.\w]*\.so",
        r"PySide6/.*/(eglfs|linuxfb|vnc|vkkhrdisplay|minimalegl|minimal)",
        r"PySide6/.*plugins/platforms/libq(eglfs|linuxfb|vnc|vkkhrdisplay|minimal)",
        r"PySide6/.*plugins/(tls|networkinformation|egldeviceintegrations|generic|sqldrivers|qmltooling"
        r"|printsupport|position|multimedia)/",
        r"PySide6/.*plugins/platformthemes/.*gtk",
        r"PySide6/.*plugins/imageformats/.*q(pdf|tga|wbmp|icns|jp2)",
        r"PySide6/.*plugins/(iconengines)/.*pdf",
        r"PySide6/.*(Qt6?|libQt6)(Network|Qml|Quick|Pdf|VirtualKeyboard|OpenGLWidgets|Sql|Test)",
        r"PySide6/Qt/(qml|resources|libexec)/",
    )
]
_TRANSLATION = re.compile(r"PySide6/.*translations/")
_SPOKEN = re.compile(rf".*/qtbase_({'|'.join(LANGUAGES)})\.qm$")

STRIPPED = ("libtorch_cpu.so", "libtorch_python.so", "libpython3")
"""Libraries that lose their symbol tables on Linux; numpy's and Qt's must keep theirs."""


def is_wanted(destination: str) -> bool:
    """Tell whether a file belongs into the bundle, by its path there."""
    path = PurePath(destination).as_posix().replace("\\", "/")
    if _TRANSLATION.match(path):
        return bool(_SPOKEN.match(path))
    return not any(pattern.match(path) for pattern in _UNWANTED)


def is_stripped(name: str) -> bool:
    """Tell whether the library ``name`` loses its symbol table."""
    return name.startswith(STRIPPED)
