// The twin of part.py.
const { fixed, general, readable, spoken } = tools, LIMITS = { LSTM: [-0.15, 0.55], GRU: [-0.85, 1.05] }, LEAST = 1e-17, MOST = 10;
const ABOVE = 0.35, BELOW = 1.2e-16, FREE = 1e-14; // where the label of the dotted line may stand, and what it leaves free
const nats = (rate, digits) => {
  const text = fixed(rate, digits);
  return Number(text) === 0 ? text.replace("-", "") : rate > 0 ? `+${text}` : text;
};
let last = {};

live(
  "part",
  ({ s, power, cell }) => {
    const rate = (last.key === cell + s ? last : (last = { key: cell + s, rate: exponentOf(cell, s) })).rate;
    const hue = Math.abs(rate) < 0.01 ? "critical" : rate > 0 ? "chaotic" : "vanishing", [low, high] = LIMITS[cell];
    const { h, distance, apart } = pair(cell, s, power), [one, other] = h.map((x) => x.map((v, t) => [t, (v - low) / (high - low)]));
    const first = distance[0], end = distance.at(-1);
    const line = distance.map((_, t) => first * Math.exp(rate * t)).map((d) => (d > 3 || d < LEAST ? NaN : d));
    const under = Math.min(...[distance, line].flatMap((d) => d.slice(STEPS / 2)).filter(isFinite));
    const mark = (from, to) => (apart ? [[apart, from], [apart, to]] : null), sign = (v) => `${v}`.replace("-", "−");
    return {
      split: { points: [...one, ...[...other].reverse()], hue },
      one,
      other: { points: other, hue },
      low: sign(low),
      high: sign(high),
      title: apart ? `Apart after ${apart} steps` : `Not apart within ${STEPS} steps`,
      distance: { points: distance.map((d, t) => [t, Math.max(d, LEAST)]), hue },
      line: line.map((d, t) => [t, d]),
      start: [[0, first]],
      above: mark(0, 1),
      below: mark(FREE, MOST),
      slope: { points: [[0.98 * STEPS, under < FREE ? ABOVE : BELOW]], text: `dotted: rate λ₁ = ${nats(rate, 2).replace("-", "−")}` },
      gap: `Distance: from ${readable(first)} to ${readable(end)}`,
      words:
        `Two trajectories of the ${cell} with weights scaled by ${general(s)}, started ${spoken(first)} apart on the attractor. ` +
        `Their distance ${apart ? `exceeds ${APART} first at step ${apart}` : `does not exceed ${APART}`} and is ${spoken(end)} ` +
        `after ${STEPS} steps. The largest exponent is ${nats(rate, 3)} nats a step.`,
    };
  },
  { start: ([, distance]) => ({ power: Math.log10(distance) }) },
  gttWorker,
);
