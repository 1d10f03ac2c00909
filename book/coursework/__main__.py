"""python -m coursework answers|release|course|grade …, from the folder `book`."""

import sys

# jsonschema would build a grammar of international addresses from it, for a second of each start, and so of each
# submission; the format of notebooks asks for no such address
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

from coursework.command import main  # noqa: E402

sys.exit(main())
