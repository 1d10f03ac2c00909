"""Runs all experiments, or those named: `python -m experiments [intro.gains ...]`, in book/. Finished runs are kept."""

import importlib
import pkgutil
import sys
import traceback

import experiments
from experiments.experiment import Experiment

PREFIX = "experiments."


def every() -> dict[str, Experiment]:
    """The experiments of all chapters by CHAPTER.RUN, in the order of the alphabet: EXPERIMENT of the module RUN."""
    names = sorted(module.name for module in pkgutil.walk_packages(experiments.__path__, PREFIX))
    modules = {name: importlib.import_module(name) for name in names if name.count(".") == 2}
    return {name.removeprefix(PREFIX): m.EXPERIMENT for name, m in modules.items() if hasattr(m, "EXPERIMENT")}


def main(chosen: list[str]) -> int:
    """Makes the experiments one after another, also after one fails; returns the number of failures."""
    there = every()
    if unknown := set(chosen) - set(there):
        raise SystemExit(f"Experiments must be among {', '.join(there)}; there is no {', '.join(sorted(unknown))}.")
    failed = 0
    for name in chosen or there:
        print(name, file=sys.stderr)
        try:
            there[name].make(f"python -m experiments {name}  (in book/)")
        except Exception:
            traceback.print_exc()
            failed += 1
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
