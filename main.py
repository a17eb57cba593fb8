"""Start Lacuna from a checkout: ``python main.py [PHOTO]``, or a command of its own."""

from app.cli.command_line import main

if __name__ == "__main__":
    raise SystemExit(main())
