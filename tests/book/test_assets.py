"""Fonts: kept between builds, made anew when what they are made of has changed, and so in the site."""

import base64
import importlib.util
from importlib import resources
from types import SimpleNamespace

import pytest
from fontTools.ttLib import TTFont

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
    new, old = tmp_path / ".assets/fonts", tmp_path / "html/_static/fonts"
    for folder, name in (
        (new, "new.woff2"),
        (old, "old.woff2"),
        (old / "gone", "older.woff2"),
        (tmp_path / "book/_static", "b.css"),
    ):
        folder.mkdir(parents=True)
        (folder / name).write_text(name)
    (tmp_path / ".assets/.jupyter").mkdir()
    app = SimpleNamespace(
        outdir=tmp_path / "html",
        doctreedir=tmp_path / ".doctrees",
        confdir=tmp_path,
        builder=SimpleNamespace(name="html"),
    )
    assets.deliver(app, None)
    assets.replace(new, old)
    site = {
        str(path.relative_to(tmp_path / "html/_static"))
        for path in (tmp_path / "html").rglob("*.*")
        if path.is_file()
    }
    assert site == {"fonts/new.woff2", "b.css"}
    assert not (tmp_path / "html/_static/.jupyter").exists()


WIDTHS = """async data => {
  const face = await new FontFace("cut", `url(data:font/woff2;base64,${data})`).load();
  document.fonts.add(face);
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = "100px cut";
  return [..."%“”…½0"].map(letter => pen.measureText(letter).width * 10);
}"""


@pytest.mark.browser
def test_a_browser_gives_each_letter_the_width_that_the_font_says(browser, tmp_path):
    """% stood on the next letter, and “ on the word: their parts had the flag USE_MY_METRICS."""
    source = resources.files("font_source_serif_pro") / "files/SourceSerifPro-Regular.ttf"
    assets.subset(source, tmp_path / "cut.woff2", map(ord, "%“”…½‘°⁄12o0"), assets.FEATURES)
    tab = browser.new_page()
    widths = tab.evaluate(WIDTHS, base64.b64encode((tmp_path / "cut.woff2").read_bytes()).decode())
    tab.close()
    with TTFont(tmp_path / "cut.woff2") as font:
        said = [font["hmtx"][font.getBestCmap()[ord(letter)]][0] for letter in "%“”…½0"]
    assert widths == pytest.approx(said, abs=10)  # rounded to pixels
