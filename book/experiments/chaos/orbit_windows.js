// The twin of orbit_windows.py.
const FIRST = 0.5, LAST = 2, COLUMNS = 240, BINS = 160, KEPT = 160, SHOWN = 1500, LONGEST = 64, RATIO = 0.5954;
const logistic = {
  start: [0.3],
  step(s, [x], local) {
    local[0] = x;
    return [2 * s * x * (1 - x)];
  },
  turn: (s, [x], [v]) => [2 * s * (1 - 2 * x) * v],
};
const SYSTEMS = { LSTM, logistic }, HEIGHTS = { LSTM: [-0.3, 0.65], logistic: [0, 1] };
const within = (v, low, high) => Math.min(Math.max(v, low), high);

function frameOf(system, zoom, middle, level) {
  const [low, high] = HEIGHTS[system], width = (LAST - FIRST) / zoom, height = (high - low) / zoom ** RATIO;
  const left = within(middle - width / 2, FIRST, LAST - width);
  const bottom = within(low + (level / 100) * (high - low) - height / 2, low, high - height);
  return { left, right: left + width, low: bottom, high: bottom + height, burnIn: Math.floor(300 * (1 + Math.log(zoom))) };
}

/** A column for each scale: the first state after the burn-in, and the exponent. */
const columns = (system, left, right, burnIn) =>
  Array.from({ length: COLUMNS }, (_, c) => run(SYSTEMS[system], left + (right - left) * ((c + 0.5) / COLUMNS), burnIn, KEPT));

function strokes(all, low, high) {
  return all.flatMap(({ states }, c) => {
    const x = (c + 0.5) / COLUMNS, held = [], points = [];
    for (const [v] of states) {
      const b = Math.floor(((v - low) / (high - low)) * BINS);
      if (b >= 0 && b < BINS) held[b] = true;
    }
    held.forEach((_, b) => {
      if (!held[b - 1]) points.push([x, b / BINS]);
      if (!held[b + 1]) points.push([x, (b + 1) / BINS], [NaN, NaN]);
    });
    return points;
  });
}

function attractor(system, s) {
  const { states, exponent } = run(SYSTEMS[system], s, 1000, SHOWN + 1), [low, high] = HEIGHTS[system];
  const places = states.slice(0, SHOWN).map((h, t) => [h[0], system === "LSTM" ? h[1] : states[t + 1][0]]);
  const last = states.slice(-3 * LONGEST), back = (p) => (h, t) => h.every((v, j) => Math.abs(v - last[t + LONGEST - p][j]) < 1e-6);
  let period = 1;
  while (period <= LONGEST && !last.slice(LONGEST).every(back(period))) period++;
  const share = (v) => (v - low) / (high - low);
  return { places: places.map(([x, y]) => [share(x), share(y)]), period: period > LONGEST ? 0 : period, exponent };
}
