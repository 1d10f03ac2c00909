"""The tuning half of the benchmark: the cases whose names have an even hash."""

from experiments.diagnosis.tuning import data, healthy, networks, training

BROKEN = [*data.CASES, *networks.CASES, *training.CASES]
HEALTHY = healthy.CASES
