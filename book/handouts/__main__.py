"""python -m handouts pdf | epub | figures | offline, in the folder book/ of a built book."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from . import epub, offline, pdf, pictures

BOOK = Path(__file__).resolve().parents[2]
KINDS: dict[str, Callable[[Path, Path], Path]] = {
    "pdf": pdf.write,
    "epub": epub.write,
    "figures": pictures.write,
    "offline": offline.write,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="handouts", description="Makes files to take along of the built book.")
    parser.add_argument("kind", choices=KINDS)
    kind = parser.parse_args().kind
    try:
        file = KINDS[kind](BOOK, BOOK / "_build/html")
    except (FileNotFoundError, RuntimeError, ValueError) as error:
        sys.exit(f"{kind}: {error}")
    print(f"{file.relative_to(BOOK)}: {file.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
