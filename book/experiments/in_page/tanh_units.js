// The twin of tanh_units.py.
const tanhUnits = (m, n) => ({
  size: n,
  init: (draws, gain) => ({ W: gaussian(draws, n * n, gain / Math.sqrt(n)), U: gaussian(draws, n * m, 1 / Math.sqrt(m)), b: zeros(n) }),
  step({ W, U, b }, x, before) {
    const h = zeros(before.length);
    for (let i = 0; i < h.length; i += n) h.set(b, i);
    times(x, U, h, m);
    times(before, W, h, n);
    for (let i = 0; i < h.length; i++) h[i] = Math.tanh(h[i]);
    return { x, before, h };
  },
  back({ W }, { x, before, h }, delta, g) {
    const d = zeros(h.length);
    for (let i = 0; i < h.length; i++) d[i] = delta[i] * (1 - h[i] * h[i]);
    outer(d, before, g.W, n, g.b);
    outer(d, x, g.U, m);
    return timesBack(d, W, zeros(h.length), n);
  },
  push: ({ W }, { h }, v) => times(v, W, zeros(n), n).map((d, i) => d * (1 - h[i] * h[i])),
});
