// The twin of closing.py.
const UNITS = 16, LONGEST = 2000, RIGHT = 1e-8;
let W1, u, x;

function network() {
  if (W1) return;
  const numbers = [...uniform(UNITS * UNITS + UNITS + LONGEST)].map((v) => Math.sqrt(3) * (2 * v - 1)), cut = (a, b) => numbers.slice(a, b);
  W1 = Array.from({ length: UNITS }, (_, i) => cut(i * UNITS, (i + 1) * UNITS).map((v) => v / 4));
  u = cut(UNITS * UNITS, UNITS * UNITS + UNITS);
  x = cut(UNITS * UNITS + UNITS).map((v) => v / 2);
}

const times = (W, h) => W.map((row) => row.slice(1).reduce((sum, w, j) => sum + w * h[j + 1], row[0] * h[0]));

let last = {};
function unrolled(gain) {
  network();
  if (last.gain === gain) return last;
  const W = W1.map((row) => row.map((w) => gain * w)), states = [];
  let h = u.map(() => 0), v = u.map(() => 1), logs = 0;
  for (let t = 0; t < LONGEST; t++) {
    const a = times(W, h), turned = times(W, v);
    h = a.map((value, i) => tanh(value + x[t] * u[i]));
    v = turned.map((value, i) => (1 - h[i] * h[i]) * value);
    const size = Math.sqrt(v.reduce((sum, value) => sum + value * value, 0));
    v = v.map((value) => value / size);
    if (t >= 100) logs += Math.log(size);
    states.push(h);
  }
  return (last = { gain, W, states, exponent: logs / (LONGEST - 100) });
}

function oneRound(W, s) {
  let e = u.map(() => 0), before = e;
  return s.map((state, t) => {
    const a = times(W, before), turned = times(W, e), f = a.map((value, i) => tanh(value + x[t] * u[i]));
    const push = turned.map((value, i) => (1 - f[i] * f[i]) * value);
    e = push.map((value, i) => value - (state[i] - f[i]));
    before = state;
    return push.map((value, i) => (isFinite(f[i] + value) ? f[i] + value : state[i]));
  });
}

const errors = (guess, states) => guess.map((s, t) => Math.max(...s.map((v, i) => Math.abs(v - states[t][i]))));

function course(gain, T) {
  const { W, states, exponent } = unrolled(gain), guesses = [states.slice(0, T).map((h) => h.map(() => 0))];
  while (guesses.length <= T && Math.max(...errors(guesses.at(-1), states)) >= RIGHT) guesses.push(oneRound(W, guesses.at(-1)));
  return { exponent, states: states.slice(0, T), guesses };
}
