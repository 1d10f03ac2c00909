"""Why does it not learn? The book's measures on a network, the causes that they point to, and the pages of the book
that explain these. Measures are numbers without a judgement; evidence judges one cause at a time; findings rank the
causes; a report prints them. A watcher follows a training loop and halts it at the first nan.
"""

from minirnn.diagnosis import (
    around,
    batches,
    births,
    causes,
    command,
    entry,
    files,
    findings,
    inside,
    lags,
    measures,
    parting,
    report,
    strengths,
    units,
    updates,
    watched_models,
    watcher,
)
from minirnn.diagnosis.causes import CAUSES
from minirnn.diagnosis.entry import diagnose, diagnose_model, diagnose_step, examine
from minirnn.diagnosis.findings import Finding
from minirnn.diagnosis.report import Report
from minirnn.diagnosis.watcher import NotFinite, Watcher, watch
from minirnn.learning.observed import Layer, Network, TrainingLog

__all__ = [
    "CAUSES",
    "Finding",
    "Layer",
    "Network",
    "NotFinite",
    "Report",
    "TrainingLog",
    "Watcher",
    "around",
    "batches",
    "births",
    "causes",
    "command",
    "diagnose",
    "diagnose_model",
    "diagnose_step",
    "entry",
    "examine",
    "files",
    "findings",
    "inside",
    "lags",
    "measures",
    "parting",
    "report",
    "strengths",
    "units",
    "updates",
    "watch",
    "watched_models",
    "watcher",
]
