// The twin of unrolled.py.
const { fixed, general, readable, spoken } = tools;
const LONGEST = 10, FLOOR = 1e-3, BASE = -1.45, RISE = 0.35, NAME = -2.02;

const below = (number) => [...`${number}`].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]).join("");
const range = (count, f) => Array.from({ length: count }, (_, i) => f(i + 1));

live(
  "unrolled",
  ({ lam, T, k, x }) => {
    k = Math.min(k, T);
    const hue = lam < 1 ? "vanishing" : lam > 1 ? "exploding" : "critical";
    const inputs = range(T, (t) => (t === k ? x : 1)), states = [0];
    for (const input of inputs) states.push(lam * states.at(-1) + input);
    const adjoints = range(T, (t) => lam ** (T - t)), terms = adjoints.map((d, i) => d * states[i]);
    const sum = terms.reduce((a, b) => a + b), first = adjoints[0], most = Math.max(...adjoints);
    const edge = (sign) => adjoints.map((d, i) => [i + 1, 0.9 + (sign * 0.25 * d) / most]);
    const dots = inputs.map((v, i) => [i + 1, BASE + RISE * v]), ring = dots[k - 1], gap = [NaN, NaN];
    const shown = {
      ribbon: { points: [...edge(1), ...edge(-1).reverse(), edge(1)[0]], hue },
      last: { points: [[T + 0.15, 0.9]], text: `δ${below(T)} = 1`, hue },
      first: { text: `δ₁ = ${readable(first)}`, hue },
      chain: [[0, 0], [T, 0]],
      reached: [ring, [k, 0], [T, 0]],
      stems: dots.flatMap(([t, y]) => [[t, y], [t, 0], gap]),
      inputs: dots,
      input: [ring],
      size: { points: [[k, NAME]], text: `x${below(k)} = ${fixed(x, 2)}` },
      states: states.map((_, t) => [t, 0]),
      terms: terms.flatMap((v, i) => [[i + 1, FLOOR], [i + 1, Math.max(v, FLOOR)], gap]),
      adjoints: { points: adjoints.map((d, i) => [i + 1, d]), hue },
      before: terms.map((_, i) => [i + 1, states[i] || NaN]),
      label: { hue },
      sum: `dE/dλ = ${general(sum, 4)}, the sum of ${T} terms`,
    };
    for (let t = 0; t <= LONGEST; t++) shown[`h${t}`] = t <= T ? {} : null;
    const change = { vanishing: "narrows", critical: "keeps its width", exploding: "widens" }[hue];
    shown.words =
      `A chain of ${T} steps with multiplier ${fixed(lam, 2)}; input ${k} is ${fixed(x, 2)}, every other one 1. Going back ` +
      `from the error at step ${T}, the ribbon ${change}: the adjoint is 1 at step ${T} and ${spoken(first)} at step 1. The ` +
      `last state is ${spoken(states[T])}. Bars below show the ${T} terms of the gradient; the largest is ` +
      `${spoken(Math.max(...terms))}, their sum is ${general(sum, 4)}.`;
    return shown;
  },
  { input: ([t, y]) => ({ k: t, x: (y - BASE) / RISE }) },
);
