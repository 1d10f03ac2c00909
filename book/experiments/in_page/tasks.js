// The twin of tasks.py: X[t] holds the inputs of step t, row by row; what is wanted is a class or a number.
const steps = (T, make) => Array.from({ length: T }, (_, t) => make(t));
const integers = (draws, low, high, count) => draws.uniform(count).map((u) => low + Math.floor(u * (high - low)));
const signs = (draws, B) => integers(draws, 0, 2, B).map((c) => 2 * c - 1);

/** A sign that is shown at first, then noise. */
function shownThenNoise(draws, B, T, std, shown) {
  const sign = signs(draws, B), X = steps(T, () => gaussian(draws, B, std));
  for (let t = 0; t < shown; t++) X[t] = sign;
  return [X, sign];
}

/** Readouts (B, 1): half the square of the error. */
const squared = (y, target) => [(y[0] - target) ** 2 / 2, [y[0] - target]];

/** Readouts (B, classes), in nats. */
function crossEntropy(y, target) {
  const top = Math.max(...y), sizes = y.map((v) => Math.exp(v - top)), sum = sizes.reduce((a, b) => a + b);
  return [Math.log(sum) + top - y[target], sizes.map((size, k) => size / sum - (k === target ? 1 : 0))];
}
const named = (y, target) => y.every((v, k) => k === target || v < y[target]);

const TASKS = {
  latch: {
    m: 1, outputs: 1, guess: 0.32, error: squared,
    right: (y, target) => y[0] * target > 0,
    draw(draws, B, T) {
      const [X, sign] = shownThenNoise(draws, B, T, 0.2, 3);
      return [X, sign.map((s) => 0.8 * s)];
    },
  },
  order: {
    m: 6, outputs: 4, guess: Math.log(4), error: crossEntropy, right: named,
    draw(draws, B, T) {
      const symbols = steps(T, () => integers(draws, 2, 6, B)), first = integers(draws, 0, 2, B), second = integers(draws, 0, 2, B);
      for (const [symbol, tenth] of [[first, 1], [second, 5]]) {
        const at = integers(draws, Math.floor((tenth * T) / 10), Math.floor(((tenth + 1) * T) / 10), B);
        at.forEach((t, b) => (symbols[t][b] = symbol[b]));
      }
      const oneHot = (row) => row.reduce((x, symbol, b) => ((x[6 * b + symbol] = 1), x), new Float64Array(6 * B));
      return [symbols.map(oneHot), first.map((s, b) => 2 * s + second[b])];
    },
  },
  adding: {
    m: 2, outputs: 1, guess: 1 / 48, error: squared,
    right: (y, target) => (y[0] - target) ** 2 < 0.04,
    draw(draws, B, T) {
      const X = steps(T, () => draws.uniform(B).reduce((x, u, b) => ((x[2 * b] = u), x), new Float64Array(2 * B)));
      const half = Math.floor(T / 2), marks = [integers(draws, 0, half, B), integers(draws, half, T, B)];
      marks.forEach((at) => at.forEach((t, b) => (X[t][2 * b + 1] = 1)));
      return [X, marks[0].map((t, b) => (X[t][2 * b] + X[marks[1][b]][2 * b]) / 2)];
    },
  },
  "first sign": {
    m: 1, outputs: 2, guess: Math.log(2), error: crossEntropy, right: named,
    draw(draws, B, T) {
      const [X, sign] = shownThenNoise(draws, B, T, 0.3, 1);
      return [X, sign.map((s) => (s > 0 ? 1 : 0))];
    },
  },
};
