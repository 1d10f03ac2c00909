// The twin of to_the_bit.py: the same sums and products in the same order.
const TURNS = 100;
const W_LSTM = [[-1, -4], [-3, -2], [-2, 6], [0, -6], [-1, -6], [6, -9], [4, 1], [-9, -7]];
const scaled = (s, [u, v], x, y) => s * (u * x + v * y);

const LSTM = {
  start: [0.5, 0.5, 0.5, 0.5],
  step(s, [x, y, ...c], local) {
    const h = [], after = [];
    for (let j = 0; j < 2; j++) {
      const a = (k) => scaled(s, W_LSTM[k + j], x, y);
      const i = sigmoid(a(0)), f = sigmoid(a(2)), g = tanh(a(4)), o = sigmoid(a(6));
      after[j] = f * c[j] + i * g;
      const t = tanh(after[j]);
      h[j] = o * t;
      local[j] = [i, f, g, o, c[j], t];
    }
    return [...h, ...after];
  },
  turn(s, local, [x, y, ...v]) {
    const dh = [], dc = [];
    for (let j = 0; j < 2; j++) {
      const [i, f, g, o, c, t] = local[j], d = (k) => scaled(s, W_LSTM[k + j], x, y);
      const di = i * (1 - i) * d(0), df = f * (1 - f) * d(2), dg = (1 - g * g) * d(4), dO = o * (1 - o) * d(6);
      dc[j] = f * v[j] + c * df + g * di + i * dg;
      dh[j] = t * dO + o * ((1 - t * t) * dc[j]);
    }
    return [...dh, ...dc];
  },
};

/** States after the burn-in, and the exponent of these steps. */
function run({ start, step, turn }, s, burnIn, T) {
  const local = [], states = [];
  let H = start, V = start.map(() => 1), logs = 0;
  for (let t = 0; t < burnIn + T; t++) {
    H = step(s, H, local);
    if (t < burnIn - TURNS) continue;
    V = turn(s, local, V);
    let square = 0;
    for (const v of V) square += v * v;
    const size = Math.max(Math.sqrt(square), 1e-300);
    V = V.map((v) => v / size);
    if (t < burnIn) continue;
    logs += Math.log(size);
    states.push(H);
  }
  return { states, exponent: logs / T };
}
