"""python -m coursework answers|release|course|grade …, from the folder `book`."""

import sys

from coursework.command import main

sys.exit(main())
