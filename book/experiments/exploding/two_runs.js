// The twin of two_runs.py.
const UNITS = 32, BATCH = 20, RADIUS = 0.999;
const CELLS = { tanh: tanhUnits, GRU: gruUnits, LRU: lruUnits };
const CHANGES = { nothing: null, "no clip": { clip: Infinity }, "gain 1": { gain: 1 }, tanh: { cell: "tanh" }, GRU: { cell: "GRU" }, LRU: { cell: "LRU" } };

const firsts = new Map(); // the first reports, which neither the rate nor the clip changes, of the last few networks

function* run({ task, cell, gain, clip, rate, length, seed }) {
  const key = `${[task, cell, gain, length, seed]}`, first = firsts.get(key);
  if (first) yield first;
  const start = cell === "LRU" ? Math.min(gain, RADIUS) : gain;
  const reports = descend(CELLS[cell](TASKS[task].m, UNITS), TASKS[task], { seed, gain: start, rate, clip, T: length, B: BATCH });
  const again = reports.next().value;
  if (!first) {
    if (firsts.size > 3) firsts.clear();
    firsts.set(key, again);
    yield again;
  }
  yield* reports;
}

/** Reports of both networks, side by side. */
function* both(settings) {
  const change = CHANGES[settings.beside], own = run(settings), other = change && run({ ...settings, ...change });
  for (;;) yield { own: own.next().value, other: other && other.next().value };
}

function curves(reports, task) {
  const of = (key) => reports.map((r) => r[key]), { lags } = reports.at(-1);
  return {
    loss: recent(of("loss")).map((v) => v / TASKS[task].guess),
    lags: lags.map((v) => v / lags[0]),
    norm: of("norm"),
    exponent: recent(of("exponent")),
    right: percentRight(reports, BATCH),
  };
}
