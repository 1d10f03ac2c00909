// The twin of lru_units.py: λ = exp(−e^{ν} + i e^{θ}); of each unit Re and Im stand side by side in the state.
const lruUnits = (m, n) => ({
  size: 2 * n,
  init(draws, radius) {
    const nu = draws.uniform(n).map((u) => 0.5 * Math.log(radius ** 2 * (1 - u))), theta = draws.uniform(n);
    const std = 1 / Math.sqrt(2 * m);
    return {
      nu_log: nu.map((v) => Math.log(-v)),
      theta_log: theta.map((u) => Math.log(2 * Math.PI * (1 - u))),
      B_re: gaussian(draws, n * m, std),
      B_im: gaussian(draws, n * m, std),
      gamma_log: nu.map((v) => 0.5 * Math.log(-Math.expm1(2 * v))),
    };
  },
  exps(logs) {
    const out = zeros(n);
    for (let j = 0; j < n; j++) out[j] = Math.exp(logs[j]);
    return out;
  },
  /** λ as Re and Im side by side. */
  eigenvalues({ nu_log, theta_log }) {
    const lam = zeros(2 * n);
    nu_log.forEach((nu, j) => {
      const size = Math.exp(-Math.exp(nu)), angle = Math.exp(theta_log[j]);
      lam[2 * j] = size * Math.cos(angle);
      lam[2 * j + 1] = size * Math.sin(angle);
    });
    return lam;
  },
  step(params, x, before) {
    const lam = this.eigenvalues(params), h = this.turned(lam, before), B = before.length / (2 * n);
    const re = times(x, params.B_re, zeros(n * B), m), im = times(x, params.B_im, zeros(n * B), m);
    const gamma = this.exps(params.gamma_log);
    for (let i = 0; i < n * B; i++) {
      h[2 * i] += gamma[i % n] * re[i];
      h[2 * i + 1] += gamma[i % n] * im[i];
    }
    return { x, before, lam, re, im, h };
  },
  /** λ times each unit, or with sign = −1 its conjugate. */
  turned(lam, h, sign = 1) {
    const out = zeros(h.length);
    for (let i = 0; i < h.length; i += 2) {
      const re = lam[i % (2 * n)], im = sign * lam[(i % (2 * n)) + 1];
      out[i] = re * h[i] - im * h[i + 1];
      out[i + 1] = re * h[i + 1] + im * h[i];
    }
    return out;
  },
  back(params, { x, before, lam, re, im }, delta, g) {
    const dRe = zeros(re.length), dIm = zeros(re.length);
    const gamma = this.exps(params.gamma_log), nu = this.exps(params.nu_log), theta = this.exps(params.theta_log);
    for (let i = 0; i < re.length; i++) {
      const j = i % n, p = delta[2 * i], q = delta[2 * i + 1], u = before[2 * i], v = before[2 * i + 1];
      const a = p * u + q * v, b = q * u - p * v; // ∂E/∂Re λ and ∂E/∂Im λ
      g.nu_log[j] -= nu[j] * (a * lam[2 * j] + b * lam[2 * j + 1]);
      g.theta_log[j] += theta[j] * (b * lam[2 * j] - a * lam[2 * j + 1]);
      dRe[i] = gamma[j] * p;
      dIm[i] = gamma[j] * q;
      g.gamma_log[j] += gamma[j] * (p * re[i] + q * im[i]);
    }
    outer(dRe, x, g.B_re, m);
    outer(dIm, x, g.B_im, m);
    return this.turned(lam, delta, -1);
  },
  push(params, { lam }, v) {
    return this.turned(lam, v);
  },
});
