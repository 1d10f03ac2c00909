"""A real JupyterLab for tests: `with run_in_jupyterlab(browser, notebook) as page: ...`."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
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
    with TemporaryDirectory() as config, closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port, token = free.getsockname()[1], secrets.token_hex(8)
        free.close()
        lab = Path(config, "labconfig")
        lab.mkdir()
        (lab / "default_setting_overrides.json").write_text(json.dumps(SETTINGS), encoding="utf-8")
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"]
        command += [f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={root}"]
        keep = {k: v for k, v in os.environ.items() if k != "MINIRNN_STATIC"}
        own = {f"JUPYTER_{k}_DIR": config for k in ("CONFIG", "RUNTIME", "DATA")}
        with open(Path(config, "log"), "w+") as log:
            server = subprocess.Popen(command, env=keep | own | (env or {}), stdout=log, stderr=log)
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            try:
                _wait_for_server(f"http://127.0.0.1:{port}/api?token={token}", timeout)
                page = context.new_page()
                page.set_default_timeout(1000 * timeout)
                page.goto(f"http://127.0.0.1:{port}/lab/tree/{notebook.relative_to(root)}?token={token}")
                _run_all(page)
                yield page
            except Exception:
                log.seek(0)
                print(log.read()[-4000:])
                raise
            finally:
                context.close()
                server.terminate()
                server.wait(30)


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


def _run_all(page: Any) -> None:
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    page.locator("#jp-main-statusbar").get_by_text("| Idle").wait_for()  # earlier, "Run" asks which kernel to take
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    # a cell that waits or runs is marked [*]
    page.wait_for_function("""() => {
        const prompts = [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")].map(p => p.textContent);
        return prompts.some(p => /\\d/.test(p)) && !prompts.some(p => p.includes("*"));
    }""")
