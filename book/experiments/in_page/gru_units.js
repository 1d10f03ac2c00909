// The twin of gru_units.py: rows in the order r, z, s.
const gruUnits = (m, n) => ({
  size: n,
  init(draws, gain) {
    const W = gaussian(draws, 3 * n * n, gain / Math.sqrt(n)), U = gaussian(draws, 3 * n * m, 1 / Math.sqrt(m)), b = zeros(3 * n);
    return { W, U, b: b.fill(1, n, 2 * n), c: zeros(n) };
  },
  step({ W, U, b, c }, x, before) {
    const B = before.length / n, drive = times(x, U, zeros(3 * n * B), m), past = times(before, W, zeros(3 * n * B), n);
    const r = zeros(n * B), z = zeros(n * B), s = zeros(n * B), q = zeros(n * B), h = zeros(n * B), gate = (a) => 1 / (1 + Math.exp(-a));
    for (let i = 0, k = 0; i < n * B; k += 2 * n)
      for (let j = 0; j < n; j++, i++, k++) {
        r[i] = gate(drive[k] + past[k] + b[j]);
        z[i] = gate(drive[k + n] + past[k + n] + b[j + n]);
        q[i] = past[k + 2 * n] + c[j];
        s[i] = Math.tanh(drive[k + 2 * n] + b[j + 2 * n] + r[i] * q[i]);
        h[i] = (1 - z[i]) * s[i] + z[i] * before[i];
      }
    return { x, before, r, z, s, q, h };
  },
  /** ∂h/∂a of the pre-activations of r, z and s of one unit. */
  slopes({ before, r, z, s, q }, i) {
    const ds = (1 - z[i]) * (1 - s[i] * s[i]);
    return [ds * q[i] * r[i] * (1 - r[i]), (before[i] - s[i]) * z[i] * (1 - z[i]), ds];
  },
  back({ W }, step, delta, g) {
    const d = zeros(3 * delta.length), past = zeros(3 * delta.length), back = zeros(delta.length);
    for (let i = 0, k = 0; i < delta.length; k += 2 * n)
      for (let j = 0; j < n; j++, i++, k++) {
        const v = delta[i], [dr, dz, ds] = this.slopes(step, i);
        back[i] = v * step.z[i];
        d[k] = past[k] = v * dr;
        d[k + n] = past[k + n] = v * dz;
        d[k + 2 * n] = v * ds;
        g.c[j] += past[k + 2 * n] = v * ds * step.r[i];
      }
    outer(d, step.x, g.U, m, g.b);
    outer(past, step.before, g.W, n);
    return timesBack(past, W, back, n);
  },
  push({ W }, step, v) {
    const a = times(v, W, zeros(3 * n), n);
    return v.map((w, i) => {
      const [dr, dz, ds] = this.slopes(step, i);
      return step.z[i] * w + dr * a[i] + dz * a[i + n] + ds * step.r[i] * a[i + 2 * n];
    });
  },
});
