"""The contrast of each piece of text of a page with what lies behind it, in a fifth of a second: axe takes as much for
twenty pieces, and looks at no text of a picture."""

from typing import Any

# Colours are mixed as they are drawn: layers that can be seen through, text that can, and what fades as a whole.
# What waits for a guess is judged as it shows afterwards. Left out is hidden text.
FAINT = """() => {
  const rgba = text => {
    const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
    if (text.startsWith("rgb")) return [r, g, b, a];
    return text.startsWith("color(srgb") ? [255 * r, 255 * g, 255 * b, a] : [NaN];
  };
  const over = ([r, g, b, a], ground) => [r, g, b].map((v, i) => a * v + (1 - a) * ground[i]);
  const luminance = color => color.map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = e => e ? over(rgba(getComputedStyle(e).backgroundColor), behind(e.parentElement)) : [255, 255, 255];
  const waits = e => e.matches("[data-locked] svg, fieldset:disabled");
  const opacity = e => e ? (waits(e) ? 1 : getComputedStyle(e).opacity) * opacity(e.parentElement) : 1;
  const faint = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !e.checkVisibility({visibilityProperty: true, opacityProperty: true}) ||
        e.closest("script, style, .headerlink")) continue;
    const style = getComputedStyle(e), [r, g, b, a] = rgba(e.closest("svg") ? style.fill : style.color);
    const ground = behind(e), text = over([r, g, b, a * opacity(e)], ground);
    const lights = [luminance(text), luminance(ground)];
    const ratio = (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
    if (!(ratio >= 4.5)) faint.push([walker.currentNode.data.trim().slice(0, 40), ratio]);
  }
  return faint;
}"""


def faint_texts(page: Any) -> list[tuple[str, float]]:
    """The texts whose contrast is below 4.5, each with its contrast."""
    return page.evaluate(FAINT)
