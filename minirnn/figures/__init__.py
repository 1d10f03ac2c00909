"""Figures that answer: explorables, which live in a notebook and on a page without Python alike, and the book's
look. They draw what others measured, and import no other room.
"""

from minirnn.figures import controls, explorables, frames, markup, panels, pictures, reports, theme
from minirnn.figures.controls import Control, Pad, Prediction
from minirnn.figures.explorables import Explorable, explorable
from minirnn.figures.panels import figure, label_line, readable
from minirnn.figures.pictures import Picture, show
from minirnn.figures.theme import PALETTE, STYLE, color, palette_css, styled, themed, use_book_font

__all__ = [
    "PALETTE",
    "STYLE",
    "Control",
    "Explorable",
    "Pad",
    "Picture",
    "Prediction",
    "color",
    "controls",
    "explorable",
    "explorables",
    "figure",
    "frames",
    "label_line",
    "markup",
    "palette_css",
    "panels",
    "pictures",
    "readable",
    "reports",
    "show",
    "styled",
    "theme",
    "themed",
    "use_book_font",
]

reports.register()
