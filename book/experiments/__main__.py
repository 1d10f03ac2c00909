"""Runs all experiments, or those named: `python -m experiments [intro.gains ...]`, in book/. Finished runs are kept."""

import importlib
import pkgutil
import sys
import traceback

import experiments

PREFIX = "experiments."


def names() -> list[str]:
    """The modules below that have a `main`, as CHAPTER.RUN, in the order of the alphabet."""
    found = [module.name.removeprefix(PREFIX) for module in pkgutil.walk_packages(experiments.__path__, PREFIX)]
    return [
        name for name in sorted(found) if "." in name and hasattr(importlib.import_module(PREFIX + name), "main")
    ]


def main(chosen: list[str]) -> int:
    """Runs them one after another, each to its end although another fails; returns how many failed."""
    if unknown := set(chosen) - set(names()):
        raise SystemExit(f"There are {', '.join(names())}; there is no {', '.join(sorted(unknown))}.")
    failed = 0
    for name in chosen or names():
        print(name, file=sys.stderr)
        try:
            importlib.import_module(f"experiments.{name}").main()
        except Exception:
            traceback.print_exc()
            failed += 1
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
