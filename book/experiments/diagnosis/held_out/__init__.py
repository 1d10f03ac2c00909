"""The other half of the benchmark: the cases whose names have an odd hash."""

from experiments.diagnosis.held_out import data, healthy, networks, training

BROKEN = [*data.CASES, *networks.CASES, *training.CASES]
HEALTHY = healthy.CASES
