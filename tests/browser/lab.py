"""A real JupyterLab for tests: `with run_in_jupyterlab(browser, notebook) as page: ...`."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any

SETTINGS = {
    "@jupyterlab/docmanager-extension:plugin": {"defaultViewers": {"markdown": "Jupytext Notebook"}},
    "@jupyterlab/apputils-extension:notification": {"checkForUpdates": False, "fetchNews": "false"},
}


@contextmanager
def run_in_jupyterlab(
    browser: Any, notebook: Path, root: Path | None = None, env: dict[str, str] | None = None, timeout: float = 90
) -> Iterator[Any]:
    """Opens a notebook (.ipynb, or a chapter .md through jupytext) in JupyterLab, runs all cells, gives the page.

    `root` is the folder that the server shows (default: the notebook's), `env` is added to the environment. The
    kernel's working folder is the notebook's. When the page comes, no cell is running any more.
    """
    root = root or notebook.parent
    with TemporaryDirectory() as config:
        lab = Path(config, "labconfig")
        lab.mkdir()
        (lab / "default_setting_overrides.json").write_text(json.dumps(SETTINGS), encoding="utf-8")
        keep = {k: v for k, v in os.environ.items() if k != "MINIRNN_STATIC"}
        own = {f"JUPYTER_{k}_DIR": config for k in ("CONFIG", "RUNTIME", "DATA")}
        command = [sys.executable, "-m", "jupyterlab"]
        with (
            jupyterlab(command, root, keep | own | (env or {}), timeout=timeout) as url_of,
            tab(browser, url_of(f"lab/tree/{notebook.relative_to(root)}"), timeout) as page,
        ):
            run_all(page)
            yield page


@contextmanager
def jupyterlab(
    command: list[str], root: Path, env: dict[str, str], base: str = "/", timeout: float = 90
) -> Iterator[Callable[[str], str]]:
    """Starts a server by `command` in `root`; gives the function from a path below `base` to its address."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port, token = free.getsockname()[1], secrets.token_hex(8)

    def url_of(path: str) -> str:
        return f"http://127.0.0.1:{port}{base}{path}?token={token}"

    options = ["--no-browser", "--allow-root", f"--port={port}", f"--ServerApp.base_url={base}"]
    options += [f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={root}"]
    with TemporaryFile("w+") as log:
        server = subprocess.Popen([*command, *options], env=env, cwd=root, stdout=log, stderr=log)
        try:
            _wait_for_server(url_of("api"), timeout)
            yield url_of
        except Exception:
            log.seek(0)
            print(log.read()[-4000:])
            raise
        finally:
            server.terminate()
            server.wait(30)


@contextmanager
def tab(browser: Any, url: str, timeout: float = 90) -> Iterator[Any]:
    """A page of its own; everything on it is waited for up to `timeout` seconds."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        page = context.new_page()
        page.set_default_timeout(1000 * timeout)
        page.goto(url)
        yield page
    finally:
        context.close()


def _wait_for_server(url: str, timeout: float) -> None:
    end = time.monotonic() + timeout
    while True:
        try:
            with urllib.request.urlopen(url):
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.3)


def run_all(page: Any) -> None:
    """Runs all cells of the notebook that is open, and waits until none is running."""
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    page.locator("#jp-main-statusbar").get_by_text("| Idle").wait_for()  # earlier, "Run" asks which kernel to take
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    # a cell that waits or runs is marked [*]
    page.wait_for_function("""() => {
        const prompts = [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")].map(p => p.textContent);
        return prompts.some(p => /\\d/.test(p)) && !prompts.some(p => p.includes("*"));
    }""")
