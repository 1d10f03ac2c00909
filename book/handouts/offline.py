"""The built site in one zip, for a course without a network."""

import zipfile
from pathlib import Path

from . import downloads


def write(book: Path, site: Path) -> Path:
    """Writes the zip among the downloads of the site: all of them but itself, so its front page does not offer it."""
    target = downloads.folder(site) / downloads.SITE
    target.unlink(missing_ok=True)
    downloads.offer(site)
    files = sorted(file for file in site.rglob("*") if file.is_file())
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as held:
        for file in files:
            held.write(file, Path(target.stem) / file.relative_to(site))
    downloads.done(target, site)
    return target
