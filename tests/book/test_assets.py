"""Fonts and MathJax: kept between builds, made anew when what they are made of has changed, and so in the site."""

import importlib.util
from types import SimpleNamespace

import pytest

from tests.conftest import ROOT

spec = importlib.util.spec_from_file_location("gtt_assets", ROOT / "book/_ext/gtt/assets.py")
assets = importlib.util.module_from_spec(spec)
spec.loader.exec_module(assets)


def test_what_is_kept_is_what_its_key_says(tmp_path):
    def writes(name):
        def make(folder):
            folder.mkdir()
            (folder / name).write_text(name)

        return make

    def stops(folder):
        writes("half")(folder)
        raise KeyboardInterrupt

    folder = tmp_path / "fonts"

    def files():
        return {path.name for path in folder.iterdir()} - {".key"}

    assets.kept(folder, "one", writes("first"))
    assets.kept(folder, "one", writes("second"))
    assert files() == {"first"}
    with pytest.raises(KeyboardInterrupt):
        assets.kept(folder, "two", stops)
    assert files() == {"first"}
    assets.kept(folder, "two", writes("third"))
    assert files() == {"third"}
    assert [path.name for path in tmp_path.iterdir()] == ["fonts"]


def test_a_folder_from_before_there_were_keys_is_made_anew(tmp_path):
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts/old.woff2").write_text("")
    assets.kept(tmp_path / "fonts", "one", lambda folder: folder.mkdir())
    assert not (tmp_path / "fonts/old.woff2").exists()


@pytest.mark.parametrize("package", assets.MADE_BY)
def test_a_new_version_of_each_package_is_a_new_key(monkeypatch, package):
    before, real = assets.ingredients(), assets.version
    assert assets.ingredients() == before
    monkeypatch.setattr(assets, "version", lambda name: "9" if name == package else real(name))
    assert assets.ingredients() != before


def test_the_site_has_what_this_build_made_and_nothing_older(tmp_path):
    new, old = tmp_path / ".assets/mathjax", tmp_path / "html/_static/mathjax"
    for folder, name in (
        (new, "new.js"),
        (old, "old.js"),
        (old / "gone", "older.js"),
        (tmp_path / "book/_static", "b.css"),
    ):
        folder.mkdir(parents=True)
        (folder / name).write_text(name)
    for folder in (tmp_path / ".assets/fonts", tmp_path / ".assets/.jupyter", tmp_path / "html/_static/fonts"):
        folder.mkdir()
    app = SimpleNamespace(outdir=tmp_path / "html", confdir=tmp_path, builder=SimpleNamespace(name="html"))
    assets.deliver(app, None)
    site = {
        str(path.relative_to(tmp_path / "html/_static"))
        for path in (tmp_path / "html").rglob("*.*")
        if path.is_file()
    }
    assert site == {"mathjax/new.js", "b.css"}
    assert not (tmp_path / "html/_static/.jupyter").exists()
