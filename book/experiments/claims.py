"""The scoreboard: the claims of the papers, the results of our saved runs, and whether each claim holds.

The claims stand beside the experiments that judge them. Each row's `ours` and `status` are computed from the saved
results, so a rerun that changes them changes the page.
"""

from collections import Counter

from experiments.chaos import flossing, lipschitz_constants, lstm_scales, sine_waves, two_symbols
from experiments.control import critic, small_steps
from experiments.digits import pixels
from experiments.elementwise import divergence, hessians, starts
from experiments.experiment import NO, PARTLY, YES, Experiment
from experiments.exploding import cliff, smoothness
from experiments.forwards import alignment, henon_forcing, hidden_forcing, lorenz_forcing, two_layers
from experiments.memory import perturbation, plateau
from experiments.parallel import damping, rounds, rounds_of_cells, tracking
from experiments.record import load
from experiments.vanishing import latch, marked_numbers, temporal_order

MODULES = [
    *(latch, temporal_order, marked_numbers, cliff, smoothness),
    *(lstm_scales, lipschitz_constants, sine_waves, two_symbols),
    *(divergence, starts, hessians, plateau, perturbation, flossing),
    *(two_layers, alignment, henon_forcing, lorenz_forcing, hidden_forcing),
    *(small_steps, critic, pixels),
    *(rounds, damping, rounds_of_cells, tracking),
]
EXPERIMENTS: list[Experiment] = [module.EXPERIMENT for module in MODULES]  # in the order of the page


def rows() -> list[dict[str, str]]:
    """All claims with what we found."""
    table = []
    for experiment in EXPERIMENTS:
        record = load(experiment.name)
        for claim in experiment.claims:
            ours, status = claim.judge(record["results"])
            found = {"record": experiment.name, "ours": ours, "status": status, "date": record["date"]}
            table.append(vars(claim) | found)
    return table


def count() -> str:
    """How many claims hold, as a sentence."""
    statuses = Counter(row["status"] for row in rows())
    return (
        f"Of {statuses.total()} claims {statuses[YES]} are reproduced, {statuses[PARTLY]} in part, and {statuses[NO]} "
        "are not."
    )


def table() -> str:
    """The rows in Markdown."""
    lines = [["claim", "theirs", "here", "deviation", "status"], ["---"] * 5]
    for row in rows():
        source = f"({{cite:t}}`{row['paper']}`; []({row['page']}.md))"
        lines.append(
            [f"{row['text']} {source}", row["theirs"], row["ours"], row["deviation"], f"**{row['status']}**"]
        )
    return "\n".join("|".join(["", *(cell.replace("|", "\\|") for cell in line), ""]) for line in lines)
