// The twin of latch.py.
const { fixed, readable, spoken } = tools;
const SHOWN = 5, REACH = 4.2, STAIRS = 40;

const percent = (share) => (share === 1 ? "100" : fixed(100 * share, share > 0.985 ? 1 : 0));

live(
  "latch",
  ({ w, s, a }) => {
    const rest = attractor(w), c = edge(w), stores = w > 1, hue = stores ? "vanishing" : "muted";
    const stairs = cobweb(w, a, STAIRS), end = stairs.at(-1)[0];
    const { runs, kept, derivative } = noisyRuns(w, s, SHOWN);
    const basin = (sign) =>
      stores ? [[c, -REACH], [REACH, -REACH], [REACH, REACH], [c, REACH], [c, -REACH]].map(([x, y]) => [sign * x, y]) : null;
    const gap = [[c, c], [c, w * Math.tanh(c)]];
    const shown = {
      "basin-right": basin(1),
      "basin-left": basin(-1),
      map: Array.from({ length: 121 }, (_, k) => (k / 60 - 1) * REACH).map((x) => [x, w * Math.tanh(x)]),
      cobweb: stairs,
      rest: { points: [[rest, rest], [-rest, -rest]], hue },
      border: stores ? [[0, 0]] : null,
      gap: stores ? gap : null,
      margin: stores ? { points: [[c + 0.15, c - 0.35]], text: `u* = ${fixed(margin(w), 2)}` } : null,
      start: [[a, a]],
      slope: { text: `Slope at rest: ${fixed(slope(w, rest), 3)}`, hue },
      kept: `Sign kept for 100 steps: ${percent(kept)} %`,
      derivative: `derivative over 100 steps: ${readable(derivative)}`,
    };
    runs.forEach((points, k) => {
      shown[`run-${k}`] = { points, hue: points.at(-1)[1] <= 0 ? "exploding" : "vanishing" };
    });
    const points = stores
      ? `two stable fixed points at plus and minus ${fixed(rest, 3)} with slope ${fixed(slope(w, rest), 3)}, an unstable ` +
        `one at 0 between their basins, and a margin u* of ${fixed(margin(w), 3)}`
      : `one fixed point, at 0, with slope ${fixed(w, 2)}, and no margin`;
    shown.words =
      `The map w tanh(a) with w = ${fixed(w, 2)}: ${points}. ${STAIRS} steps lead from ${fixed(a, 2)} to ${fixed(end, 2)}. ` +
      `Beside it, five runs from the positive state under noise of standard deviation ${fixed(s, 2)}. Of 1000 runs ` +
      `${percent(kept)} percent are still positive after 100 steps; the derivative of the last state in the first is ` +
      `${spoken(derivative)} (geometric mean).`;
    return shown;
  },
  { start: ([x, y]) => ({ a: (x + y) / 2 }) },
);
