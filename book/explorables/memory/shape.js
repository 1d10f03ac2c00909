// The twin of shape.py.
const { fixed, general, readable, spoken } = tools, LEAST = 1e-6, DEGREE = Math.PI / 180;

live(
  "shape",
  ({ centre, width, nu, theta, pairs }) => {
    const K = Array.from({ length: T }, (_, k) => Math.exp(-0.5 * ((k - centre) / width) ** 2));
    const x = nu * Math.cos(theta * DEGREE), y = nu * Math.sin(theta * DEGREE), { all, errors } = fits(K, x, y);
    const m = 2 * pairs, error = errors[pairs - 1], shown = (v) => Math.max(v, LEAST);
    return {
      target: K.map((v, k) => [k, v]),
      fit: all[pairs - 1].map((v, k) => [k, v]),
      top: [[centre, 1]],
      side: [[centre + width, Math.exp(-0.5)]],
      error: `${m} units: error ${readable(error)}`,
      conjugate: [[x, -y]],
      lam: [[x, y]],
      errors: errors.map((v, i) => [2 * i + 2, shown(v)]),
      here: [[m, shown(error)]],
      words:
        `A memory kernel that is a bump ${fixed(centre, 1)} steps back, ${fixed(width, 1)} steps wide. ${m} units with the multiplier ` +
        `${fixed(nu, 3)}${theta ? ` at plus and minus ${general(theta)} degrees` : ""} leave a relative error of ${spoken(error)}; ` +
        `2 of them leave ${spoken(errors[0])}, 24 of them ${spoken(errors.at(-1))}.`,
    };
  },
  {
    top: ([k]) => ({ centre: k }),
    side: ([k], { centre }) => ({ width: k - centre }),
    lam: ([x, y]) => ({ nu: Math.hypot(x, y), theta: Math.atan2(Math.max(y, 0), Math.max(x, 0)) / DEGREE }),
    here: ([m]) => ({ pairs: m / 2 }),
  },
);
