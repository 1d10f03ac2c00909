"""Browsers that Playwright cannot drive, by the protocols that they speak themselves: WebDriver BiDi and WebDriver."""

import itertools
import json
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import requests
import websocket

PATIENCE = 60  # seconds, of a busy machine


class Firefox:
    """A page of a Firefox, by WebDriver BiDi."""

    def __init__(self, address: str) -> None:
        self.socket = websocket.create_connection(f"{address}/session", timeout=PATIENCE, suppress_origin=True)
        self.numbers = itertools.count(1)
        self.ask("session.new", capabilities={})
        self.page = self.ask("browsingContext.getTree")["contexts"][0]["context"]

    def ask(self, method: str, **params: Any) -> Any:
        """The result of a command; what the browser reports meanwhile is passed over."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while (answer := json.loads(self.socket.recv())).get("id") != number:
            continue
        if answer["type"] == "error":
            raise RuntimeError(f"{method}: {answer['error']}: {answer['message']}")
        return answer["result"]

    def resize(self, width: int, height: int) -> None:
        self.ask("browsingContext.setViewport", context=self.page, viewport={"width": width, "height": height})

    def goto(self, url: str) -> None:
        self.ask("browsingContext.navigate", context=self.page, url=url, wait="complete")

    def evaluate(self, expression: str) -> Any:
        """What an expression, or its promise, comes to, by way of JSON."""
        text = f"(async () => JSON.stringify(await ({expression}) ?? null))()"
        target = {"context": self.page}
        found = self.ask("script.evaluate", expression=text, target=target, awaitPromise=True)
        if found["type"] == "exception":
            raise RuntimeError(found["exceptionDetails"]["text"])
        return json.loads(found["result"]["value"])

    def act(self, *sources: dict[str, Any]) -> None:
        self.ask("input.performActions", context=self.page, actions=list(sources))


class WebKit:
    """A page of WebKitGTK's small browser, by WebDriver."""

    def __init__(self, address: str, browser: Path) -> None:
        options = {"binary": str(browser), "args": ["--automation"]}
        wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        self.session = f"{address}/session"
        self.session += "/" + self.ask("", **wanted)["sessionId"]

    def ask(self, command: str, **params: Any) -> Any:
        answer = requests.post(self.session + command, json=params, timeout=PATIENCE).json()["value"]
        if isinstance(answer, dict) and "error" in answer:
            raise RuntimeError(f"{command}: {answer['error']}: {answer['message']}")
        return answer

    def resize(self, width: int, height: int) -> None:
        self.ask("/window/rect", width=width, height=height)

        def near() -> Any:  # a busy machine takes its time for the first size
            size = self.evaluate("[innerWidth, innerHeight]")
            return size if abs(size[0] - width) < 200 else None

        inside = waited_for(near, "a window of another size")  # without the window's frame
        self.ask("/window/rect", width=2 * width - inside[0], height=2 * height - inside[1])

    def goto(self, url: str) -> None:
        self.ask("/url", url=url)

    def evaluate(self, expression: str) -> Any:
        run = f"(async () => JSON.stringify(await ({expression}) ?? null))()"
        text = f"const done = arguments[0]; {run}.then(done, (e) => done({{ failed: `${{e}}` }}));"
        found = self.ask("/execute/async", script=text, args=[])
        if isinstance(found, dict):
            raise RuntimeError(found["failed"])
        return json.loads(found)

    def act(self, *sources: dict[str, Any]) -> None:
        self.ask("/actions", actions=list(sources))


def waited_for(seen: Any, what: str) -> Any:
    """The first true value of `seen()`."""
    for _ in range(10 * PATIENCE):
        if value := seen():
            return value
        time.sleep(0.1)
    raise TimeoutError(what)


@contextmanager
def started(*command: str, **env: str) -> Iterator[Path]:
    """Runs a program and all that it starts until the end; what it prints is in the file."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        with log.open("w") as file:
            process = subprocess.Popen(
                command, stdout=file, stderr=file, stdin=subprocess.DEVNULL, env=os.environ | env,
                start_new_session=True,
            )  # fmt: skip
            try:
                yield log
            finally:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(PATIENCE)


@contextmanager
def firefox() -> Iterator[Firefox]:
    with tempfile.TemporaryDirectory() as profile:
        command = ["firefox-esr", "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"]
        with started(*command, HOME=profile) as log:
            found = waited_for(lambda: re.search(r"WebDriver BiDi listening on (\S+)", log.read_text()), "Firefox")
            page = Firefox(found[1])
            with closing(page.socket):
                yield page


@contextmanager
def webkit() -> Iterator[WebKit]:
    (browser,) = Path("/usr/lib").glob("*/webkit2gtk-4.1/MiniBrowser")
    with started("xvfb-run", "-a", "WebKitWebDriver", "--port=4477"):

        def ready() -> bool:
            with suppress(requests.ConnectionError):
                return requests.get("http://127.0.0.1:4477/status", timeout=5).json()["value"]["ready"]
            return False

        waited_for(ready, "WebKitWebDriver")
        yield WebKit("http://127.0.0.1:4477", browser)
