"""Interactive figures: explorables, which work in a notebook and on a page without Python, and the book's look. They
draw numbers that other rooms computed, and import no other room.
"""

from minirnn.figures import (
    artists,
    assets,
    controls,
    explorables,
    frames,
    labels,
    language,
    marks,
    markup,
    panels,
    pictures,
    reports,
    states,
    svg,
    theme,
    ticks,
    watches,
)
from minirnn.figures.controls import Control, Pad, Prediction
from minirnn.figures.explorables import Explorable, explorable
from minirnn.figures.labels import label_ends, label_line, spaced
from minirnn.figures.marks import BLUES, HEAT, arrow_outline, band, decade_bar, heat_map, intervals, row_intervals
from minirnn.figures.panels import counted, figure, readable, side_by_side, single, spoken, stacked
from minirnn.figures.pictures import Picture, show
from minirnn.figures.theme import PALETTE, STYLE, color, palette_css, styled, themed, use_book_font
from minirnn.figures.ticks import decades, plain_number, plain_ticks, power_of_ten, row_names

__all__ = [
    "BLUES",
    "HEAT",
    "PALETTE",
    "STYLE",
    "Control",
    "Explorable",
    "Pad",
    "Picture",
    "Prediction",
    "arrow_outline",
    "artists",
    "assets",
    "band",
    "color",
    "controls",
    "counted",
    "decade_bar",
    "decades",
    "explorable",
    "explorables",
    "figure",
    "frames",
    "heat_map",
    "intervals",
    "label_ends",
    "label_line",
    "labels",
    "language",
    "marks",
    "markup",
    "palette_css",
    "panels",
    "pictures",
    "plain_number",
    "plain_ticks",
    "power_of_ten",
    "readable",
    "reports",
    "row_intervals",
    "row_names",
    "show",
    "side_by_side",
    "single",
    "spaced",
    "spoken",
    "stacked",
    "states",
    "styled",
    "svg",
    "theme",
    "themed",
    "ticks",
    "use_book_font",
    "watches",
]

reports.register()
watches.register_watchers()
