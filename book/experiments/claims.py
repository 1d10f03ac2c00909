"""The scoreboard: what the papers claim, what our saved runs say, and whether it holds.

Each row's `ours` and `status` are computed from the saved results, so a rerun that changes them changes the page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.record import load
from minirnn.figures.panels import readable

YES, PARTLY, NO = "reproduced", "in part", "not reproduced"


@dataclass(frozen=True)
class Claim:
    """One row. `judge` takes the record's results and returns what we found, and YES, PARTLY or NO."""

    paper: str
    page: str
    text: str
    theirs: str
    deviation: str
    record: str
    judge: Callable[[Any], tuple[str, str]]


def verdict(found: str, holds: bool, partly: bool = False) -> tuple[str, str]:
    return found, YES if holds else PARTLY if partly else NO


def latch(r: list[dict]) -> tuple[str, str]:
    wins = {run["T"]: run["success"] for run in r if (run["s"], run["w0"]) == (0.2, 1.25)}
    found = ", ".join(f"{wins[T]} of 40 at T = {T}" for T in (10, 30, 60))
    return verdict(found, wins[10] > 36 and wins[10] > wins[30] > wins[60] and wins[60] < 8)


def solved(runs: list[dict], method: str, L: int, init: str = "basic tanh") -> tuple[int, int]:
    """Successes and runs at rate 0.1."""
    group = [
        r["solved"]
        for r in runs
        if (r["method"], r["L"], r.get("init", "basic tanh"), r.get("lr", 0.1)) == (method, L, init, 0.1)
    ]
    return sum(group), len(group)


def patient(runs: list[dict], init: str, L: int) -> tuple[int, int]:
    """Successes and runs with 40 000 updates."""
    group = [run["solved"] for run in runs if (run["init"], run["L"]) == (init, L)]
    return sum(group), len(group)


def order_regularized(r: dict) -> tuple[str, str]:
    shares = {L: solved(r["run"], "SGD-CR", L) for L in (20, 30, 50)}
    shares |= {L: patient(r["patient"], "basic tanh", L) for L in (75, 100)}
    found = ", ".join(f"{wins}/{runs} at {L}" for L, (wins, runs) in shares.items())
    return verdict(found, all(a == b for a, b in shares.values()), shares[50] == (5, 5))


def order_clipped(r: dict) -> tuple[str, str]:
    plain, clipped = solved(r["run"], "SGD", 20), solved(r["run"], "SGD-C", 20)
    return verdict(
        f"L = 20: {plain[0]}/{plain[1]} without, {clipped[0]}/{clipped[1]} with", clipped[0] - plain[0] >= 4
    )


def order_sigmoid(r: dict) -> tuple[str, str]:
    shares = {L: solved(r["run"], "SGD-CR", L, "sigmoid") for L in (20, 50, 100)}
    found = ", ".join(f"{wins}/{runs} at {L}" for L, (wins, runs) in shares.items())
    wins, runs = patient(r["patient"], "sigmoid", 20)
    found += f"; {wins}/{runs} at 20 with 40 000 updates"
    return verdict(found, all(a == b for a, b in shares.values()), wins > runs / 2)


def longer(r: dict) -> tuple[str, str]:
    beyond = [run["errors"][run["lengths"].index(500)] for run in r["generalization"]]
    return verdict(f"at 500, {100 * min(beyond):.0f} % of errors at best", min(beyond) < 0.01)


def marked(r: dict) -> tuple[str, str]:
    def wins(task: str) -> str:
        group = [run["solved"] for run in r["run"] if (run["task"], run["method"]) == (task, "SGD-CR")]
        return f"{task} {sum(group)}/{len(group)}"

    found = ", ".join(wins(task) for task in ("adding", "multiplication"))
    good = [run["solved"] for run in r["run"] if run["method"] == "SGD-CR"]
    return verdict(found, all(good), any(good))


def cliff(r: dict) -> tuple[str, str]:
    high, low = r["across"]
    return verdict(
        f"error {high:.2f} and {low:.3f} on its two sides, slope up to {r['largest']:.0f}", high > 20 * low
    )


def smooth(task: str) -> Callable[[dict], tuple[str, str]]:
    def judge(r: dict) -> tuple[str, str]:
        slopes = [run["slope"] for run in r[task]]
        found = f"slopes {min(slopes):.2f} to {max(slopes):.2f} on logarithmic axes"
        return verdict(found, min(slopes) > 0.5)

    return judge


def diagram(r: dict) -> tuple[str, str]:
    chaotic = [kind == "chaotic" for kind in r["kind"]]
    scales = np.linspace(0.5, 2, len(chaotic))[chaotic]
    return verdict(f"chaos between s = {scales.min():.2f} and {scales.max():.2f}", bool(chaotic))


def spectra(r: dict) -> tuple[str, str]:
    first = {name: r["spectra"][name]["mean"][0] for name in ("LSTM", "GRU")}
    return verdict(", ".join(f"{name}: {rate:+.3f}" for name, rate in first.items()), min(first.values()) > 0)


def constants(r: dict) -> tuple[str, str]:
    N, chaotic = np.array(r["N"]), r["regimes"].index("chaotic")
    early = N <= 40
    cost, gradient = (
        np.polyfit(N[early], np.log(np.array(r[key][chaotic])).mean(0)[early], 1)[0] for key in ("cost", "gradient")
    )
    return verdict(
        f"{cost:.2f} and {gradient:.2f} nats a step, ratio {gradient / cost:.1f}", 1.5 < gradient / cost < 2.5
    )


def sine(r: dict) -> tuple[str, str]:
    size = {kind: [float(np.mean(run["amplitude"][-1])) for run in r[kind]] for kind in r}
    free = sum(a > 0.5 for a in size["free"])
    largest = max(size["contractive"])
    found = (
        f"{free} of {len(size['free'])} free ones oscillate; largest amplitude of a contractive one {largest:.3f}"
    )
    return verdict(found, free >= 4 and max(size["contractive"]) < 1e-3)


def symbols(r: dict) -> tuple[str, str]:
    wins = {kind: sum(run["accuracy"] > 0.95 for run in r[kind]) for kind in r}
    return verdict(
        f"free {wins['free']} of 5, contractive {wins['contractive']} of 5", wins["free"] > wins["contractive"] + 2
    )


def flossed(r: dict) -> tuple[str, str]:
    wins = (np.array(r["accuracy"]) > 0.95).sum(axis=2)
    found = ", ".join(f"gain {g}: {a} to {b} of 8" for g, (a, b) in zip(r["gain"], wins, strict=True))
    gains = wins[:, 1] - wins[:, 0]
    return verdict(found, bool((gains[[0, -1]] >= 3).all()), bool((gains >= 3).any()))


def exponents(r: dict) -> tuple[str, str]:
    """Fitted powers of 1/(1-|λ|) over the three smallest gaps, of sensitivity, for white and for constant input."""
    gap = np.log(1 / np.array(r["gap"]))[-3:]

    def power(rho: int) -> float:
        return float(np.polyfit(gap, np.log(np.mean(r["sensitivity"][rho], axis=0))[-3:], 1)[0])

    white = power(r["rho"].index(0.0))
    found = f"{white:.2f} for white input"
    if 1.0 in r["rho"]:
        constant = power(r["rho"].index(1.0))
        return verdict(
            f"{found}, {constant:.2f} for constant input", abs(white - 3) < 0.2 and abs(constant - 4) < 0.2
        )
    return verdict(found, abs(white - 3) < 0.2)


def teachers(r: dict) -> tuple[str, str]:
    loss = np.nan_to_num(
        np.array(r["loss"], float)[:, r["nu0"].index(0.99)], nan=np.inf
    )  # (architecture, rate, seed)
    best = {name: float(np.median(loss[k], axis=-1).min()) for k, name in enumerate(r["architecture"])}
    found = f"dense {readable(best['dense'])}, LRU {readable(best['LRU'])}"
    return verdict(found, best["dense"] > 1000 * best["LRU"], best["dense"] > 3 * best["LRU"])


def hessians(r: dict) -> tuple[str, str]:
    top = {kind: float(np.median(np.array(r[kind][-1]["participation"])[:, 0])) for kind in ("dense", "diagonal")}
    found = f"parameters in the first eigenvector: dense {top['dense']:.1f}, diagonal {top['diagonal']:.1f}"
    return verdict(found, top["dense"] > 1.3 * top["diagonal"])


def plateau(r: dict, D: list[int]) -> tuple[str, str]:
    times = np.nan_to_num(np.array(r["time"]["direct"], float)[:, :, 1], nan=np.inf)  # None: not within the run
    times = np.median(times, axis=1)
    slope = float(np.polyfit(D[-5:], np.log(times[-5:]), 1)[0])
    return verdict(
        f"ln t grows by {slope:.2f} a unit of delay, over the five longest",
        bool((np.diff(np.log(times[-5:])) > 0.3).all()),
    )


def perturbation(r: dict) -> tuple[str, str]:
    worst = {rate: np.array(r["positive"][rate]).max(axis=1) for rate in ("direct", "exp")}
    found = f"worst error at the smallest move: direct {worst['direct'][1]:.2g}, exp {worst['exp'][1]:.2g}"
    return verdict(found, worst["direct"][1] > 10 * worst["exp"][1])


def solved_at(runs: dict, policy: str, method: str) -> list[int]:
    """Seeds of ten that solved the delayed cue, for each length."""
    return [sum(t is not None for t in row) for row in runs[policy][method]["iterations"]]


def short_memory(r: dict) -> tuple[str, str]:
    lengths, counts = load("small_steps")["settings"]["L"], solved_at(r["runs"], "r = 0.5", "NPG")
    found = "natural gradient at r = ½: " + ", ".join(
        f"{n}/10 at {L}" for n, L in zip(counts, lengths, strict=True)
    )
    found += f"; at r = 1: {min(solved_at(r['runs'], 'r = 1', 'NPG'))}/10 at the worst length"
    return verdict(found, counts[0] == 10 and counts[-1] == 0, counts[0] == 10)


def natural_helps(r: dict) -> tuple[str, str]:
    methods = {"gradient": "PG", "natural": "NPG, damped"}
    counts = {words: {p: solved_at(r["runs"], p, m) for p in r["runs"]} for words, m in methods.items()}
    found = "; ".join(
        f"{words}: GRU {every['GRU'][-1]}/10, LRU {every['LRU'][-1]}/10" for words, every in counts.items()
    )
    helps = [sum(counts["natural"][p]) - sum(counts["gradient"][p]) for p in r["runs"]]
    return verdict(f"at 80 steps, {found}", min(helps) > 0, max(helps) > 0)


def critic(r: dict) -> tuple[str, str]:
    short, long = (np.median(np.array(r[name]["curve"])[:, :, -1], axis=1) for name in ("r = 0.5", "r = 0.95"))
    found = f"at r = ½: {short[2]:.1g} at 16 steps, {short[3]:.2g} at 32; at r = 0.95: {long[3]:.1g} at 32"
    return verdict(found, short[3] > 0.9 and long[3] < 0.05)


def read(r: dict, cell: str, task: str) -> float:
    """Mean accuracy on the test digits, in per cent."""
    return 100 * float(np.mean(r["trained"][task][cell]["test"]))


def irnn(r: dict) -> tuple[str, str]:
    lead = {task: (read(r, "IRNN", task), read(r, "tanh", task)) for task in ("64", "208", "784")}
    found = ", ".join(f"T = {task}: {a:.0f} % against {b:.0f} %" for task, (a, b) in lead.items())
    wins = [a > b + 5 for a, b in lead.values()]
    return verdict(found, all(wins), any(wins))


def forget_bias(r: dict) -> tuple[str, str]:
    pairs = {task: (read(r, "LSTM, bias 0", task), read(r, "LSTM, bias 1", task)) for task in ("64", "208", "784")}
    found = "bias 0 and 1: " + ", ".join(f"{a:.0f} and {b:.0f} % at {task}" for task, (a, b) in pairs.items())
    wins = [b > a + 5 for a, b in pairs.values()]
    return verdict(found, all(wins), any(wins))


CLAIMS = [
    Claim(
        "bengio1994",
        "vanishing",
        "The longer the lag, the more rarely a latch is learned",
        "success falls with T, shown as a figure",
        "one unit as theirs; 600 updates, 40 seeds",
        "latch",
        latch,
    ),
    Claim(
        "pascanu2013",
        "vanishing",
        "Clipping and Ω together solve temporal order at every length",
        "5 of 5 at all L from 50 to 200",
        "rate 0.1, theirs 0.01; 8000 updates, 40 000 from 75 on, theirs 5 million; basic tanh, not beyond 100",
        "temporal_order",
        order_regularized,
    ),
    Claim(
        "pascanu2013",
        "exploding",
        "Plain descent fails where clipped descent succeeds",
        "success falls to 0 with L",
        "as above; at rate 0.01 plain descent succeeds too",
        "temporal_order",
        order_clipped,
    ),
    Claim(
        "pascanu2013",
        "vanishing",
        "The same with sigmoid units",
        "5 of 5 at all L from 50 to 200",
        "as above",
        "temporal_order",
        order_sigmoid,
    ),
    Claim(
        "pascanu2013",
        "vanishing",
        "A network trained on short sequences works on long ones",
        "50 to 200, no error up to 5000",
        "trained on 20 to 50",
        "temporal_order",
        longer,
    ),
    Claim(
        "pascanu2013",
        "vanishing",
        "Adding and multiplication are solved as well",
        "all runs",
        "smart tanh, L = 20, 40 000 updates, rate 0.1",
        "marked_numbers",
        marked,
    ),
    Claim(
        "pascanu2013",
        "exploding",
        "The error surface has cliffs",
        "drawn for w = 5 and 50 steps",
        "none: computed exactly",
        "cliff",
        cliff,
    ),
    Claim(
        "zhang2020",
        "exploding",
        "Local smoothness rises with the norm of the gradient",
        "a line on logarithmic axes, LSTM language models",
        "tanh network of 50 units, temporal order",
        "smoothness",
        smooth("temporal order"),
    ),
    Claim(
        "zhang2020",
        "exploding",
        "The same on another task",
        "the same",
        "adding task",
        "smoothness",
        smooth("adding"),
    ),
    Claim(
        "ribeiro2020",
        "chaos",
        "An LSTM of two units turns chaotic as its weights grow",
        "a bifurcation diagram",
        "5000 scales",
        "lstm_scales",
        diagram,
    ),
    Claim(
        "laurent2017",
        "chaos",
        "LSTM and GRU of two units are chaotic without input",
        "attractors drawn",
        "largest exponent over 20 starts of 5000 steps",
        "lstm_scales",
        spectra,
    ),
    Claim(
        "ribeiro2020",
        "chaos",
        "In chaos a gradient's constant grows at twice the rate of the cost's",
        "an upper bound",
        "measured on tanh networks of 16 units, up to 40 steps",
        "lipschitz_constants",
        constants,
    ),
    Claim(
        "ribeiro2020",
        "chaos",
        "Contractive models cannot make a sine",
        "200 units, 400 steps",
        "20 units, 64 steps, 5 seeds",
        "sine_waves",
        sine,
    ),
    Claim(
        "ribeiro2020",
        "chaos",
        "Contractive models lose long-range symbols",
        "200 steps, 50 units",
        "60 steps, 20 units, 5 seeds",
        "two_symbols",
        symbols,
    ),
    Claim(
        "zucchet2024",
        "elementwise",
        "The sensitivity of a state to its multiplier diverges with a power of 1/(1-|λ|)",
        "3 for white input, 4 for constant input",
        "none; sampled sequences",
        "divergence",
        exponents,
    ),
    Claim(
        "zucchet2024",
        "elementwise",
        "At long memory dense students are far behind diagonal ones",
        "four powers of ten at |λ| near 0.99",
        "64 numbers of state, 3000 updates, orthogonal start; a Gaussian start gives the paper's gap",
        "teachers",
        teachers,
    ),
    Claim(
        "zucchet2024",
        "elementwise",
        "A diagonal network's Hessian has eigenvectors on fewer parameters",
        "shown for one network",
        "50 teachers of dimension 4",
        "hessians",
        hessians,
    ),
    Claim(
        "li2021",
        "memory",
        "Training sits on a plateau whose length grows exponentially with the delay",
        "proved and shown",
        "gradient flow, two units, ten starts",
        "plateau",
        lambda r: plateau(r, load("plateau")["settings"]["D"]),
    ),
    Claim(
        "wang2024",
        "memory",
        "Without a stable map, small moves of the weights destroy a long memory",
        "shown",
        "fitted, not trained",
        "perturbation",
        perturbation,
    ),
    Claim(
        "engelken2023flossing",
        "chaos",
        "Gradient flossing before training helps",
        "delayed copy and XOR tasks",
        "recall of a sign over 60 steps, 32 units, 8 seeds",
        "flossing",
        flossed,
    ),
    Claim(
        "cayci2025",
        "control",
        "Recurrent policies are learned efficiently where memory is short; long-term dependencies make it hard",
        "proved: bounds on error, width and samples",
        "a delayed cue, exact gradients, steps of at most 1, 10 seeds; no bound on the width is tested",
        "small_steps",
        short_memory,
    ),
    Claim(
        "kakade2001",
        "control",
        "The natural gradient learns where the gradient is slow",
        "shown for small decision processes and Tetris",
        "a delayed cue for recurrent policies, κ = 1e-4; plain steps",
        "small_steps",
        natural_helps,
    ),
    Claim(
        "cayci2025",
        "control",
        "A recurrent critic needs memory that reaches the reward",
        "proved: bounds that grow with the memory",
        "temporal differences by Adam, no projection, 10 seeds",
        "critic",
        critic,
    ),
    Claim(
        "le2015",
        "digits",
        "An identity start with ReLU reads pixel by pixel where a tanh network does not",
        "MNIST: 97 % against 35 %, as quoted by Cooijmans et al.",
        "8×8 digits in 64, 208 and 784 steps; 32 units, 500 updates of Adam",
        "pixels",
        irnn,
    ),
    Claim(
        "jozefowicz2015",
        "digits",
        "A forget bias of 1 helps the LSTM",
        "on other tasks",
        "as above",
        "pixels",
        forget_bias,
    ),
]


def rows() -> list[dict[str, str]]:
    """All claims with what we found, in the order of CLAIMS."""
    table = []
    for claim in CLAIMS:
        found, status = claim.judge(load(claim.record)["results"])
        table.append({**vars(claim), "ours": found, "status": status, "date": load(claim.record)["date"]})
    return table
