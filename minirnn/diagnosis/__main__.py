"""The command line: python -m minirnn.diagnosis run.py:model --batch batch.npz"""

from minirnn.diagnosis.command import main

if __name__ == "__main__":
    raise SystemExit(main())
