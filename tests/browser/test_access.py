"""axe-core on every page, in both themes, wide and narrow: no violation of any impact."""

import json
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.conftest import FORMULAS_ARE_SET, ROOT


def pages() -> list[str]:
    import yaml

    toc = yaml.safe_load((ROOT / "_toc.yml").read_text())
    chapters = [chapter for part in toc.get("parts", [toc]) for chapter in part["chapters"]]
    return [toc["root"], *(chapter["file"] for chapter in chapters)]


@pytest.mark.slow
@pytest.mark.parametrize("name", pages())
def test_nothing_stands_in_anyones_way(open_page: Any, site: str, name: str) -> None:
    for width in (1280, 390):
        for theme in ("light", "dark"):
            page = open_page(f"{site}/{name}.html", width=width, theme=theme)
            page.wait_for_load_state("networkidle")
            page.wait_for_function(FORMULAS_ARE_SET, timeout=60_000)
            found = Axe().run(page).response["violations"]
            told = [(v["id"], v["impact"], [node["html"][:200] for node in v["nodes"][:3]]) for v in found]
            assert not told, f"{width} px, {theme}: {json.dumps(told, indent=1)}"
            page.context.close()
