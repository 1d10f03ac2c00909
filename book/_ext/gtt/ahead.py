"""Pages are executed side by side while Sphinx, which reads one page after the other, reads those before them.

The outputs come to MyST-NB through its cache, which is emptied when a build begins: it would take those of a page whose
cells are the same for current, though the library has changed. Which pages are built again, `fresh` decides.
"""

import os
from concurrent.futures import Future
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors.utils import ExecutionResult, single_nb_execution
from myst_nb.core.read import create_nb_reader
from sphinx.application import Sphinx
from sphinx.util import logging

AT_ONCE = min(4, os.cpu_count() or 1)  # a page takes up to 500 MB
log = logging.getLogger(__name__)
jobs: dict[str, Future[ExecutionResult]] = {}  # of the build that runs in this process, until Sphinx reads the page


def begin(app: Sphinx, env: Any, pages: list[str]) -> None:
    """On env-before-read-docs: begins to execute the pages that are about to be read, in their order."""
    options = env.mystnb_config
    jobs.clear()
    if options.execution_mode == "cache":
        get_cache(options.execution_cache_path).clear_cache()
    queue: SimpleQueue[tuple[Path, Any, Future[ExecutionResult]]] = SimpleQueue()
    for page in pages:
        path = Path(env.doc2path(page))
        text = path.read_text(encoding="utf-8")
        reader = create_nb_reader(str(path), env.myst_config, options, text)
        notebook = reader and reader.read(text)
        if notebook and mode(notebook, options) == "cache" and any(c.cell_type == "code" for c in notebook.cells):
            jobs[page] = Future()
            queue.put((path, notebook, jobs[page]))
    for _ in range(AT_ONCE):  # a daemon ends with the build, also when that is stopped
        Thread(target=execute, args=(queue, options), daemon=True).start()


def mode(notebook: Any, options: Any) -> str:
    """What the page's front matter says of its execution, or else _config.yml."""
    return notebook.metadata.get("mystnb", {}).get("execution_mode", options.execution_mode)


def execute(queue: SimpleQueue[tuple[Path, Any, Future[ExecutionResult]]], options: Any) -> None:
    """Executes the pages of the queue, each in a kernel of its own, until none is left."""
    while True:
        try:
            path, notebook, job = queue.get_nowait()
        except Empty:
            return
        try:
            result = single_nb_execution(
                notebook,
                cwd=str(path.parent),
                allow_errors=options.execution_allow_errors,
                timeout=options.execution_timeout,
            )
        except BaseException as error:  # of the kernel and not of a cell: told where the page is read
            job.set_exception(error)
        else:
            job.set_result(result)


def await_outputs(app: Sphinx, page: str, text: list[str]) -> None:
    """On source-read: puts the page's outputs where MyST-NB finds them. A page that failed is not put there: MyST-NB
    executes it once more, and tells what is wrong in its own words."""
    job = jobs.pop(page, None)
    result = job and job.result()
    if result and result.err is None:
        env: Any = app.env  # to which MyST-NB adds its settings
        cache = get_cache(env.mystnb_config.execution_cache_path)
        bundle = CacheBundleIn(result.nb, str(app.env.doc2path(page)), data={"execution_seconds": result.time})
        cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
        log.info(f"{app.env.doc2path(page)}: Executed in {result.time:.1f} seconds")
