"""Describe the program to Windows and macOS: the version resource and the property list."""

from __future__ import annotations

from typing import Any

IDENTIFIER = "org.lacuna.Lacuna"
SUMMARY = "Removes objects from photographs"
COPYRIGHT = "MIT licence"

PHOTO_TYPES = (
    ("image/jpeg", "public.jpeg", (".jpg", ".jpeg")),
    ("image/png", "public.png", (".png",)),
    ("image/tiff", "public.tiff", (".tif", ".tiff")),
    ("image/webp", "org.webmproject.webp", (".webp",)),
    ("image/bmp", "com.microsoft.bmp", (".bmp",)),
    ("image/avif", "public.avif", (".avif",)),
    ("image/heif", "public.heic", (".heic", ".heif")),
)
"""The kinds of photographs Lacuna offers to open: MIME type, macOS type, file endings."""


def version_resource(version: str) -> str:
    """Return the text of a Windows version resource, as PyInstaller reads it.

    Args:
        version: numbers with dots between them, such as 0.1.0.
    """
    numbers = tuple([*map(int, version.split(".")), 0, 0, 0][:4])
    strings = {
        "FileDescription": f"Lacuna: {SUMMARY.lower()}",
        "FileVersion": version,
        "InternalName": "lacuna",
        "LegalCopyright": COPYRIGHT,
        "OriginalFilename": "lacuna.exe",
        "ProductName": "Lacuna",
        "ProductVersion": version,
    }
    rows = ", ".join(f"StringStruct({key!r}, {value!r})" for key, value in strings.items())
    return (
        "VSVersionInfo(\n"
        f"  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3f, flags=0x0,\n"
        "    OS=0x40004, fileType=0x1, subtype=0x0, date=(0, 0)),\n"
        f"  kids=[StringFileInfo([StringTable('040904B0', [{rows}])]),\n"
        "    VarFileInfo([VarStruct('Translation', [1033, 1200])])])\n"
    )


def info_plist(version: str) -> dict[str, Any]:
    """Return what Lacuna.app's Info.plist says beyond PyInstaller's own keys."""
    return {
        "CFBundleDisplayName": "Lacuna",
        "CFBundleShortVersionString": version,
        "LSApplicationCategoryType": "public.app-category.photography",
        "LSMinimumSystemVersion": "13.0",
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": COPYRIGHT,
        "CFBundleDocumentTypes": [
            {
                "CFBundleTypeName": mime,
                "CFBundleTypeRole": "Editor",
                "LSHandlerRank": "Alternate",
                "LSItemContentTypes": [uniform],
            }
            for mime, uniform, _ in PHOTO_TYPES
        ],
    }
