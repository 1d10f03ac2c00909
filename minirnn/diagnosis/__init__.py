"""Why does it not learn? The book's measures on a network, what they suggest, and where the book explains it."""

from minirnn.diagnosis import findings, measures, report
from minirnn.diagnosis.measures import diagnose
from minirnn.diagnosis.report import Finding, Report

__all__ = ["Finding", "Report", "diagnose", "findings", "measures", "report"]
