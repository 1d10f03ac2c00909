// The twin of powers.py. Here the norm of a power is a formula: for [[a, b], [0, a]] the singular values differ by |b|, and
// their product is a².
const { counted, fixed, readable, spoken, arrow } = tools;
const HORIZON = 100;

const power = (rho, c, t) => [rho ** t, t ? t * rho ** (t - 1) * c : 0];
const norm = ([a, b]) => (Math.abs(b) + Math.hypot(b, 2 * a)) / 2;

live(
  "powers",
  ({ rho, c, t }) => {
    const hue = rho < 1 ? "vanishing" : rho > 1 ? "exploding" : "critical";
    const norms = Array.from({ length: HORIZON + 1 }, (_, k) => norm(power(rho, c, k)));
    const peak = norms.indexOf(Math.max(...norms)), end = norms[HORIZON], sigma = norms[1];
    const straight = (base) => [[0, 1], [HORIZON, base ** HORIZON]];
    const [a, b] = power(rho, c, t), steps = counted(t, "step");
    const image = Array.from({ length: 73 }, (_, k) => {
      const x = Math.cos((k * Math.PI) / 36), y = Math.sin((k * Math.PI) / 36);
      return [a * x + b * y, a * y];
    });
    const where = peak === HORIZON ? "Still growing at t = 100:" : `Largest at t = ${peak}: ${readable(norms[peak])}; at 100:`;
    const course =
      peak > 0 && peak < HORIZON
        ? `grows to ${spoken(norms[peak])} at t = ${peak} and ends at ${spoken(end)}`
        : `${end > 1 ? "grows to" : end < 1 ? "falls to" : "stays at"} ${spoken(end)}`;
    return {
      above: straight(sigma),
      below: straight(rho),
      norms: { points: norms.map((v, k) => [k, v]), hue },
      now: { points: [[t, norms[t]]], hue },
      course: `${where} ${readable(end)}`,
      image: { points: image, hue },
      outline: { points: image, hue },
      first: arrow([rho, 0], 0.07),
      second: arrow([c, rho], 0.07),
      "first-tip": [[rho, 0]],
      "second-tip": [[c, rho]],
      stretch: `${steps}: up to ×${readable(norms[t])}`,
      words:
        `A 2 by 2 matrix with both eigenvalues ${fixed(rho, 2)} and ${fixed(c, 2)} above the diagonal: spectral radius ` +
        `${fixed(rho, 2)}, largest singular value ${fixed(sigma, 2)}. Over 100 steps the size of its power ${course}. The ` +
        `lower bound, the spectral radius to the power t, ends at ${spoken(rho ** HORIZON)}; the upper one at ` +
        `${spoken(sigma ** HORIZON)}. Beside it, the two columns of the matrix as arrows, and the ellipse that ${steps} ` +
        `make of the unit circle: its longer half axis is ${spoken(norms[t])}.`,
    };
  },
  {
    now: ([x]) => ({ t: x }),
    "first-tip": ([x]) => ({ rho: x }),
    "second-tip": ([x, y]) => ({ c: x, rho: y }),
  },
);
