"""The buttons that open a page's notebook: on Binder, on Colab, on a hub, in the browser (lite.py), or as a file.

All of them come from the addresses in _config.yml. The workflow `book` publishes the notebooks on the branch
`notebooks`, beside all that they import.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from .language import say
from .notebooks import FOLDER, runs

BRANCH = "notebooks"
KNOWN = {"binderhub_url", "colab_url", "jupyterhub_url"}


def settle(app: Sphinx, config: Config) -> None:
    """On config-inited: takes the addresses from the theme, whose buttons would open a page's source."""
    given = config.html_theme_options.pop("launch_buttons", {})
    config.gtt_launch = given | ({"lite": "make lite"} if os.environ.get("GTT_LITE") else {})
    if unknown := set(given) - KNOWN:
        raise ValueError(f"_config.yml: launch_buttons has {sorted(unknown)}, expected some of {sorted(KNOWN)}")


def addresses(repository: str, hosts: dict[str, str], path: str) -> dict[str, str]:
    """{name of a button: address} for the notebook at `path` below `notebooks/`; none without a repository.

    >>> made = addresses("https://github.com/ann/book", {"colab_url": "https://colab.example"}, "bptt.ipynb")
    >>> made["Colab"]
    'https://colab.example/github/ann/book/blob/notebooks/notebooks/bptt.ipynb'
    """
    place, host = urlsplit(repository), {key: address.rstrip("/") for key, address in hosts.items() if address}
    name, file = place.path.strip("/"), f"notebooks/{path}"
    found: dict[str, str] = {}
    if not repository:
        return found
    source = f"gh/{name}" if place.hostname == "github.com" else f"git/{quote(repository, safe='')}"
    if "binderhub_url" in host:
        found["Binder"] = f"{host['binderhub_url']}/v2/{source}/{BRANCH}?urlpath=lab/tree/{file}"
    if "colab_url" in host and place.hostname == "github.com":  # Colab opens files of no other
        found["Colab"] = f"{host['colab_url']}/github/{name}/blob/{BRANCH}/{file}"
    if "jupyterhub_url" in host:
        folder = name.rpartition("/")[2].removesuffix(".git")
        asked = {"repo": repository, "branch": BRANCH, "urlpath": f"lab/tree/{folder}/{file}"}
        found["JupyterHub"] = f"{host['jupyterhub_url']}/hub/user-redirect/git-pull?{urlencode(asked)}"
    return found


def offer(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """On html-page-context: the buttons, and a link at the end of the page."""
    name, is_assignment = Path(pagename).name, pagename.startswith("book/assignments/")
    if not is_assignment and pagename not in runs(app.env):
        return
    path = f"assignments/{name}.ipynb" if is_assignment else f"{name}.ipynb"
    file = "../" * pagename.count("/") + (path if is_assignment else f"{FOLDER}/{path}")
    options = app.config.html_theme_options
    made = addresses(options.get("repository_url", ""), app.config.gtt_launch, path)
    buttons = [{"type": "link", "text": text, "tooltip": f"Run this page on {text}", "url": url}
               for text, url in made.items()]  # fmt: skip
    if "lite" in app.config.gtt_launch:
        asks = "../" * pagename.count("/") + f"{FOLDER}/{path.removesuffix('.ipynb')}.html"
        buttons.append(
            {"type": "link", "text": "This browser", "tooltip": "Run this page in this browser", "url": asks}
        )
    buttons.append({"type": "link", "text": "Notebook", "tooltip": "Download this page as a notebook", "url": file})
    context["header_buttons"].insert(
        0, {"type": "group", "tooltip": "Run this page", "icon": "fas fa-rocket", "buttons": buttons,
            "label": "launch-buttons"}
    )  # fmt: skip
    if not is_assignment:
        link = f'<a href="{file}" download>{say("this page as a notebook")}</a>'
        context["body"] += f'<p class="gtt-download">{say("To run and change:")} {link} (.ipynb).</p>'
