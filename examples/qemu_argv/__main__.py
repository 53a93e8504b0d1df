"""``python examples/qemu_argv DOCUMENT``: the command line of the domain on one line, or what it cannot say."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

if not __package__:  # Python ran this directory: it knows neither the package that it is, nor the one of the checkout.
    sys.path[:1] = [str(Path(__file__).resolve().parents[parent]) for parent in (1, 2)]

from generated.domain import ParseError, parse_domain
from qemu_argv.command_line import command_line
from qemu_argv.supported import Unsupported

DESCRIPTION = "Print the command line that libvirt of 2011 would have run QEMU with."


def main() -> int:
    parser = argparse.ArgumentParser(prog="qemu_argv", description=DESCRIPTION)
    parser.add_argument("document", type=Path, help="a file with the XML of a domain")
    document = parser.parse_args().document
    try:
        print(command_line(parse_domain(document)))
    except Unsupported as error:
        for reason in error.reasons:
            print(f"{document}: not supported: {reason}", file=sys.stderr)
        return 2
    except ParseError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{document}: {error.strerror}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
