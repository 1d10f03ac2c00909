// The twin of chains.py.
const T = 200, LONGEST = 12;

/** The best kernels of 1 … LONGEST pairs with λ = x ± iy, and their errors. */
function fits(K, x, y) {
  const size = 1 - x * x - y * y, whole = K.reduce((sum, v) => sum + v * v, 0), all = [], errors = [], fit = new Array(T).fill(0);
  let explained = 0;
  let re = K.map((_, t) => (t ? 0 : 1)), im = K.map(() => 0);
  for (let i = 0; i < 2 * LONGEST; i++) {
    const v = i % 2 ? -y : y, h = [], after = [];
    let a = 0, b = 0, cRe = 0, cIm = 0; // the state, and ⟨K, B⟩ with B not yet scaled
    for (let t = 0; t < T; t++) {
      const [p, q] = [a, b];
      [a, b] = [x * p - v * q + re[t], x * q + v * p + im[t]];
      h.push([a, b]);
      after.push([p - x * a - v * b, q - x * b + v * a]);
      cRe += K[t] * a;
      cIm -= K[t] * b;
    }
    h.forEach(([a, b], t) => (fit[t] += size * (cRe * a - cIm * b)));
    [re, im] = [after.map((p) => p[0]), after.map((p) => p[1])];
    explained += (size * (cRe * cRe + cIm * cIm)) / whole;
    if (i % 2 === 0) continue;
    all.push([...fit]);
    errors.push(Math.sqrt(Math.max(1 - explained, 0)));
  }
  return { all, errors };
}
