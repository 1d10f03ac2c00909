"""True cause and first finding: where `diagnose` is right, and which causes it confuses."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.diagnosis import scores
from experiments.diagnosis.cases import NO_ALARM
from experiments.diagnosis.scores import HEALTHY, SETS, Share
from minirnn.figures.explorables import Control, explorable
from minirnn.figures.marks import BLUES, heat_map
from minirnn.figures.panels import counted, figure
from minirnn.figures.theme import color, styled
from minirnn.figures.ticks import row_names

ALL, OTHER = "all cells", "something else"
CELLS = (ALL, "tanh", "IRNN", "LSTM", "GRU", "LRU", "MinGRU", "IndRNN")
CAUSES = sorted({cause for case in scores.BROKEN.values() for cause in case.causes} - {*NO_ALARM})
TRUTHS = (*CAUSES, HEALTHY)
FINDINGS = (*CAUSES, *NO_ALARM, OTHER)
LETTERS = dict(zip("abc", (*NO_ALARM, OTHER), strict=True))  # the columns that are no cause
LETTERS_SAID = ", ".join(f"{letter}: {name.replace('-', ' ')}" for letter, name in LETTERS.items())


class Facts(NamedTuple):
    """shares (truths, findings): of the runs of each truth, how many had each first finding; nan where none was."""

    name: str
    cell: str
    runs: int
    shares: np.ndarray
    counts: np.ndarray  # of runs, (truths,)
    hits: Share | None  # of broken networks and of healthy ones; None where there is no case of the kind
    alarms: Share | None
    worst: tuple[str, str, int] | None  # the commonest confusion: truth, first finding, runs


def place(finding: str) -> int:
    return FINDINGS.index(finding if finding in FINDINGS else OTHER)


def compute(cases: str, cell: str) -> Facts:
    runs = scores.chosen(scores.said(), cases, None if cell == ALL else cell)
    counts, pairs = np.zeros((len(TRUTHS), len(FINDINGS))), scores.confusions(runs)
    for (truth, finding), number in pairs.items():
        counts[TRUTHS.index(truth), place(finding)] += number
    of_row = counts.sum(1)
    shares = np.full(counts.shape, np.nan)
    np.divide(counts, of_row[:, None], out=shares, where=of_row[:, None] > 0)
    wrong = scores.confusions([run for run in runs if run.wrong])
    worst = max(wrong.items(), key=lambda item: item[1], default=None)
    broken, healthy = scores.of_broken(runs), scores.of_healthy(runs)
    return Facts(
        cases,
        cell,
        len(runs),
        shares,
        of_row,
        scores.share(broken, lambda run: run.hit) if broken else None,
        scores.share(healthy, lambda run: run.alarm) if healthy else None,
        (*worst[0], worst[1]) if worst else None,
    )


@styled
def draw(facts: Facts) -> Figure:
    fig, ax = figure(7.2, 6.3, margins=(1.8, 0.5, 0.5, 0.6))
    names = [f"{name.replace('-', ' ')}  {i}" for i, name in enumerate(CAUSES, 1)]
    rows = row_names(ax, [*names, HEALTHY])
    extent = (-0.5, len(FINDINGS) - 0.5, -0.5, len(TRUTHS) - 0.5)
    heat_map(ax, facts.shares, 0, 1, colors=BLUES, origin="upper", extent=extent)
    frames(ax, rows)
    for y, runs in zip(rows, facts.counts, strict=True):
        ax.text(len(FINDINGS) - 0.3, y, f"{runs:.0f}", va="center", fontsize=10, color=color("muted"))
    label_columns(ax)
    ax.set(xlim=extent[:2], ylim=extent[2:], xlabel="first finding, by its number on the left, or a, b, c")
    ax.tick_params(labelsize=10, length=0)
    hits = f"\nright for {100 * facts.hits.value:.0f} % of the broken" if facts.hits else ""
    ax.set_title(f"{facts.name}, {facts.cell}: {counted(facts.runs, 'run')}{hits}")
    return fig


def label_columns(ax: Axes) -> None:
    """Numbers of causes and letters of what is found where none is, since a phone has no room for names."""
    numbers = [1, *range(5, len(CAUSES), 5)]
    others = [place(name) for name in (*NO_ALARM, OTHER)]
    ax.set_xticks([n - 1 for n in numbers] + others, labels=[*map(str, numbers), *LETTERS])


def frames(ax: Axes, rows: np.ndarray) -> None:
    """A frame around what is right."""
    for i, y in enumerate(rows):
        for x in map(place, scores.right_for(TRUTHS[i])):
            ax.plot(
                x + 0.5 * np.array([-1, 1, 1, -1, -1]),
                y + 0.5 * np.array([-1, -1, 1, 1, -1]),
                color=color("critical"),
                lw=1,
            )


def told(share: Share | None) -> str:
    if share is None:
        return "unknown, since there is no case"
    return f"{100 * share.value:.0f} % ({100 * share.low:.0f} to {100 * share.high:.0f} %, {share.cases} cases)"


def words(facts: Facts) -> str:
    common = (
        f"The commonest mistake: in {counted(facts.worst[2], 'run')} of {facts.worst[0]}, {facts.worst[1]} came first."
        if facts.worst
        else "There is no mistake."
    )
    return (
        f"The {facts.name} set on {facts.cell}, {counted(facts.runs, 'run')}. The first finding is right in "
        f"{told(facts.hits)} of broken networks; alarms at healthy ones: {told(facts.alarms)}. {common}"
    )


FIGURE = explorable(
    draw,
    words=words,
    compute=compute,
    name="confusion",
    caption="Each row is a true cause, or health; the stronger the blue of a square, the more of its networks had the "
    f"first finding of the column ({LETTERS_SAID}). Framed: right answers. At the right is the number of runs of the "
    "row; one of 0 has no case. Where two causes are right, the row is that of the one that was found. The broken "
    "networks were broken on purpose, on several kinds of cells with five seeds each, and learned worse than before. "
    "Nobody tuned a threshold on the blind set.",
    cases=Control(list(SETS), label="set"),
    cell=Control(list(CELLS), label="cell"),
    start={"cases": "blind", "cell": ALL},
    states={
        "blind": {},
        "tuning": {"cases": "tuning"},
        "LSTM": {"cell": "LSTM"},
    },
)
