"""Run ``lacuna fill`` with the given arguments and print the process's memory as JSON."""

import json
import sys

from measure import peak_mib

from app.cli.command_line import main

if __name__ == "__main__":
    code = main(["fill", *sys.argv[1:]])
    print(json.dumps({"peak_mib": peak_mib()}))
    sys.exit(code)
