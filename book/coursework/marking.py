"""Written parts one after the other, on a page of this machine alone: `python -m coursework mark GRADES --only NAME`.

The server answers on 127.0.0.1 alone, and to whoever has its address with the secret in it; no other site can ask it.
A student's text can do nothing, since it is escaped, and the page may run its own script alone. Points are saved as one
types (`marking.js`).
"""

import secrets
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from coursework import markup
from coursework.marks import Marks
from coursework.sheet import STYLE, Sheets

SCRIPT = Path(__file__).with_name("marking.js")
LONGEST = 100_000  # bytes of a comment
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def serve(marks: Marks, name: str, anonymous: bool) -> ThreadingHTTPServer:
    """A server of the pages, and its address in `address`; ValueError where there is nothing to mark."""
    order = marks.order(name)
    if not order:
        raise ValueError(
            f"There are no grades of {name} in {marks.target}: grade first, then give the points by hand"
        )
    secret = secrets.token_urlsafe(24)

    class Handler(Asked):
        held, path_of = Sheets(marks, name, order, anonymous), f"/{secret}/"

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Handler.host = f"127.0.0.1:{server.server_port}"
    return server


def address(server: ThreadingHTTPServer) -> str:
    handler: Any = server.RequestHandlerClass
    return f"http://{handler.host}{handler.path_of}"


class Asked(BaseHTTPRequestHandler):
    """One request: it must have the secret, and come from this page."""

    held: Sheets
    path_of: str
    host: str

    def do_GET(self) -> None:
        where = self.asked()
        if where == "marking.js":
            self.answer(200, SCRIPT.read_text(encoding="utf-8"), "text/javascript")
        elif where == "":
            self.answer(302, "", to=f"{self.path_of}{self.held.first()}")
        elif (i := self.number(where)) is not None:
            self.answer(200, markup.document(self.held.name, self.held.page(i), STYLE), "text/html")
        else:
            self.answer(404, "There is nothing here.")

    def do_POST(self) -> None:
        i = self.number(self.asked() or "")
        length = self.headers.get("Content-Length", "")
        foreign = self.headers.get("Origin") not in (None, f"http://{self.host}")
        if i is None or foreign or self.headers.get_content_type() != "application/json":
            self.answer(403, "This did not come from the page.")
        elif not length.isdecimal() or int(length) > LONGEST:
            self.answer(413, "Not saved: the comment is too long.")
        else:
            try:
                self.answer(200, self.held.save(i, self.rfile.read(int(length))))
            except (ValueError, OSError) as why:
                self.answer(400, f"Not saved: {why}")

    def asked(self) -> str | None:
        """The path below the secret; None for a request that does not know it, or means another host."""
        known = secrets.compare_digest(self.path[: len(self.path_of)].encode(), self.path_of.encode())
        return self.path[len(self.path_of) :] if known and self.headers.get("Host") == self.host else None

    def number(self, where: str | None) -> int | None:
        i = int(where) if where and where.isascii() and where.isdecimal() and len(where) < 7 else 0
        return i if 1 <= i <= len(self.held.order) else None

    def answer(self, code: int, text: str, kind: str = "text/plain", to: str = "") -> None:
        data = text.encode("utf-8", "backslashreplace")
        self.send_response(code)
        headers = HEADERS | {"Content-Type": f"{kind}; charset=utf-8", "Content-Length": str(len(data))}
        for name, value in (headers | ({"Location": to} if to else {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        """Nothing: the address has the secret in it."""
