// The twin of diagram.py.
const { fixed, general } = tools, LEAST = -1.2, MOST = 0.8;
const AXES = { LSTM: ["h₁", "h₂", "scale s of all weights"], logistic: ["x", "the next x", "scale s, half of the weight r"] };
const nats = (rate) => {
  const text = fixed(rate, 3);
  return Number(text) === 0 ? "0.000" : rate > 0 ? `+${text}` : text;
};
const hueOf = (rate) => (Math.abs(rate) < 0.01 ? "critical" : rate > 0 ? "chaotic" : "vanishing");
const kindOf = ({ period, exponent }) =>
  period ? (period === 1 ? "Fixed point" : `Period ${period}`)
    : exponent > 5e-3 ? "Strange attractor" : exponent >= -5e-3 ? "No period, λ₁ near 0" : "Not settled yet";
const ENDS = {
  "Fixed point": "ends on a fixed point",
  "Strange attractor": "ends on a strange attractor",
  "No period, λ₁ near 0": `shows no period up to ${LONGEST}, and no chaos`,
  "Not settled yet": "has not settled after 2500 steps",
};

/** The last result, as long as it is asked for by the same arguments. */
const kept = (f) => {
  let last, result;
  return (...asked) => (String(asked) === last ? result : ((last = String(asked)), (result = f(...asked))));
};
const view = kept((system, left, right, low, high, burnIn) => {
  const all = columns(system, left, right, burnIn), x = all.map((_, c) => (c + 0.5) / COLUMNS), rates = all.map((c) => c.exponent);
  const area = [[x[0], 0], ...x.map((x, c) => [x, Math.max(rates[c], 0)]), [x.at(-1), 0]];
  return { orbits: strokes(all, low, high), rates: x.map((x, c) => [x, rates[c]]), area, share: rates.filter((v) => v > 0).length / COLUMNS };
});
const whole = kept((system) =>
  strokes(columns(system, FIRST, LAST, 300), ...HEIGHTS[system]).map(([x, y]) => [FIRST + (LAST - FIRST) * x, y]));
const at = kept((system, s) => {
  const here = attractor(system, s), hue = hueOf(here.exponent);
  return { ...here, hue, dots: { points: here.places.flatMap((p) => [p, p, [NaN, NaN]]), hue } };
});

live(
  "diagram",
  ({ system, s, zoom, middle, level }) => {
    const { left, right, low, high, burnIn } = frameOf(system, zoom, middle, level), [least, most] = HEIGHTS[system];
    const { orbits, rates, area, share } = view(system, left, right, low, high, burnIn), here = at(system, s);
    const rate = here.exponent, hue = here.hue, x = (s - left) / (right - left), inside = x >= 0 && x <= 1;
    const number = (v) => fixed(v, zoom < 4 ? 2 : zoom < 20 ? 3 : 4).replace("-", "−");
    const [bottom, top] = [low, high].map((v) => (v - least) / (most - least)), end = kindOf(here), free = system === "LSTM";
    const name = free ? `The LSTM with weights times ${general(s)}` : `The logistic map with r = ${general(2 * s)}`;
    return {
      orbits,
      rates,
      positive: area,
      line: inside ? { points: [[x, 0], [x, 1]], hue } : null,
      s: inside ? { points: [[x, within(rate, LEAST, MOST)]], hue } : null,
      bottom: number(low),
      top: number(high),
      left: number(left),
      half: number((left + right) / 2),
      right: number(right),
      height: AXES[system][0],
      across: AXES[system][0],
      up: AXES[system][1],
      scale: AXES[system][2],
      rate: { text: `λ₁ = ${rate > -20 ? nats(rate).replace("-", "−") : "−∞"} at ${free ? "s" : "r = 2s"} = ${general(free ? s : 2 * s)}`, hue },
      dots: here.dots,
      cycle: here.period ? { points: here.places.slice(0, here.period), hue } : null,
      kind: { text: end, hue },
      whole: whole(system),
      here: { points: [[s, 0], [s, 1]], hue },
      frame: [[left, bottom], [right, bottom], [right, top], [left, top], [left, bottom]],
      middle: [[(left + right) / 2, (bottom + top) / 2]],
      words:
        `${name} ${ENDS[end] ?? `ends on a cycle of ${end.toLowerCase()}`}; its largest exponent is ` +
        `${rate > -20 ? `${nats(rate)} nats a step` : "minus infinity"}. The window shows scales from ${fixed(left, 4)} to ` +
        `${fixed(right, 4)}, magnified ${general(zoom)} times, and states from ${fixed(low, 3)} to ${fixed(high, 3)}. In ` +
        `${fixed(100 * share, 0)} percent of it the exponent is positive.`,
    };
  },
  {
    s([x], { system, zoom, middle }) {
      const { left, right } = frameOf(system, zoom, middle, 0);
      return { s: left + x * (right - left) };
    },
    middle: ([x, y]) => ({ middle: x, level: 100 * y }),
  },
  gttWorker,
);
