"""Understand the command line: ``lacuna [PHOTO]`` opens the window, other words are commands.

A command is a name in ``COMMANDS`` and a module ``app.cli_NAME`` with ``SUMMARY``,
``add_arguments(parser)`` and ``run(args) -> exit code``, imported when it is called for: the window
waits for none of them. Nothing here, nor in those modules' heads, imports Qt or torch, so
``lacuna --help`` answers at once and ``lacuna fill`` never needs a screen.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from app import APP_NAME
from app.cli.exit import Exit, exit_for
from app.cli.streams import lost, prepare
from engine import DECODE_WORD, __version__
from engine.errors import EngineError


class Command(Protocol):
    """Describe what the command line needs of a command's module."""

    SUMMARY: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's own arguments."""

    def run(self, args: argparse.Namespace) -> int:
        """Do the work and return the exit code."""


COMMANDS = ("batch", "edit", "fill", "maps", "replay", "selftest")


def main(argv: Sequence[str] | None = None) -> int:
    """Run Lacuna with the arguments ``argv`` (the process's own by default).

    Returns:
        The exit code, one of ``Exit``.
    """
    if argv is None:
        prepare()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # file names need not be text
    words = _own_words() if argv is None else argv
    if list(words) == [DECODE_WORD]:
        from engine.reader.child import serve

        return serve()
    code = _run(_parse(words))
    why = lost()
    if why:
        print(f"lacuna: The output could not be written: {why}.", file=sys.stderr)
    return code or (Exit.CANNOT_WRITE if why else code)


def _run(args: argparse.Namespace) -> int:
    """Do what was asked for and return the exit code."""
    try:
        return args.command.run(args)
    except EngineError as error:
        return _fail(error, as_json=getattr(args, "json", False))
    except OSError as error:  # of a name that is asked for, before any file is touched
        print(f"lacuna: “{error.filename}” cannot be used: {error.strerror}.", file=sys.stderr)
        return Exit.USAGE
    except KeyboardInterrupt:
        print("Stopped. No file is left half-written.", file=sys.stderr)
        return Exit.INTERRUPTED


def _own_words() -> list[str]:
    """Return the process's arguments; called as ``lacuna-edit``, it knows its command already.

    Programs such as Lightroom let their user choose an external editor, but no words for it.
    """
    name = Path(sys.argv[0]).stem.lower()
    return ["edit", *sys.argv[1:]] if name == "lacuna-edit" else sys.argv[1:]


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    """Return the arguments, the command's module as ``command``; exit with 2 if they are wrong."""
    name = argv[0] if argv and argv[0] in COMMANDS else None
    command = _command(name or "window")
    parser = argparse.ArgumentParser(
        prog=f"lacuna {name}" if name else "lacuna",
        description=command.SUMMARY,
        epilog=None if name or not {"-h", "--help"} & set(argv) else _list_of_commands(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"{APP_NAME} {__version__}")
    command.add_arguments(parser)
    parser.set_defaults(command=command)
    return parser.parse_args(argv[1:] if name else argv)


def _command(name: str) -> Command:
    return cast("Command", import_module(f"app.cli.{name}"))


def _list_of_commands() -> str:
    """Return the part of the help that names the commands."""
    rows = [f"  {name:<10} {_command(name).SUMMARY}" for name in COMMANDS]
    return "\n".join(["commands, each with a --help of its own:", *rows])


def _fail(error: EngineError, as_json: bool) -> Exit:
    """Say what went wrong and return the exit code for it."""
    code = exit_for(error)
    print(f"lacuna: {error}", file=sys.stderr)
    if as_json:
        import json

        print(json.dumps({"error": str(error), "exit": int(code)}))
    return code
