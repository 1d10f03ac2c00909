"""The blind set: cases by an author who had seen neither how `diagnose` decides nor what it had said of the others."""

from experiments.diagnosis.blind import data, gates, healthy, healthy_trained, networks, objectives, updates

BROKEN = [*data.CASES, *networks.CASES, *gates.CASES, *objectives.CASES, *updates.CASES]
HEALTHY = [*healthy.CASES, *healthy_trained.CASES]
