// The twin of disc.py.
const { fixed, general, readable, spoken } = tools;
const DEGREE = Math.PI / 180, TURN = 2 * Math.PI;

const range = (count, f) => Array.from({ length: count }, (_, i) => f(i));
const g = (nu) => (1 - nu * nu) / (nu * Math.sqrt(1 + nu * nu));

const magnitude = {
  polar: [(nu) => nu, (w) => w, () => 1],
  exponential: [(nu) => Math.log(-Math.log(nu)), (w) => Math.exp(-Math.exp(w)), (nu) => nu * Math.log(nu)],
  optimal: [Math.atanh, Math.tanh, (nu) => 1 - nu * nu],
};
magnitude.normalised = magnitude.polar;

const times = ([a, b], [c, d]) => [a * c - b * d, a * d + b * c];
/** eq. kernel for α = β = λ: K, ∂K/∂α and ∂²K/∂α∂β̄. */
function kernel([x, y], rho) {
  const size = x * x + y * y, both = 1 - size, top = 1 - rho * rho * size, weight = 1 / both - (rho * rho) / top;
  const gap = (1 - rho * x) ** 2 + (rho * y) ** 2, K = top / (gap * both);
  const along = [x * weight + (rho * (1 - rho * x)) / gap, (rho * rho * y) / gap - y * weight]; // ∂ log K
  return [K, along.map((v) => K * v), K * (along[0] ** 2 + along[1] ** 2 + both ** -2 - (rho / top) ** 2)];
}

/** The mean squared derivatives of the output in the two parameters. */
function entries(kind, nu, theta, rho) {
  const bent = kind === "optimal", stable = 1 - nu * nu, phase = [Math.cos(theta), Math.sin(theta)], lam = phase.map((v) => nu * v);
  const turning = bent ? -(2 * nu + stable / nu + (stable * nu) / (1 + nu * nu)) * theta : 0, r = magnitude[kind][2](nu); // dθ/dw₁
  const slopes = [[r, nu * turning], [0, nu * (bent ? g(nu) : 1)]].map((along) => times(along, phase));
  const [K, first, twice] = kernel(lam, rho), s = kind === "polar" ? 1 : Math.sqrt(stable);
  return slopes.map((d) => {
    const ds = kind === "polar" ? 0 : -(lam[0] * d[0] + lam[1] * d[1]) / s;
    return ds * ds * K + 2 * s * ds * times(d, first)[0] + s * s * (d[0] ** 2 + d[1] ** 2) * twice;
  });
}

/** λ as a point of the plane, for two parameters. */
function place(kind, w1, w2) {
  const nu = magnitude[kind][1](w1), theta = kind === "optimal" ? w2 * g(nu) : w2;
  return [nu * Math.cos(theta), nu * Math.sin(theta)];
}

function step(kind, nu, theta) {
  const w1 = magnitude[kind][0](nu), w2 = kind === "optimal" ? theta / g(nu) : theta;
  return range(61, (i) => place(kind, w1 + 0.1 * Math.cos((TURN * i) / 60), w2 + 0.1 * Math.sin((TURN * i) / 60)))
    .map(([x, y]) => (Math.hypot(x, y) < 1.25 ? [x, y] : [NaN, NaN]));
}

const RADII = {
  polar: range(9, (i) => (i + 1) / 10),
  exponential: range(15, (i) => Math.exp(-Math.exp(i / 2 - 6))),
  optimal: range(12, (i) => Math.tanh((i + 1) / 4)),
};
RADII.normalised = RADII.polar;

function net(kind) {
  const circle = (radius) => range(73, (i) => [radius * Math.cos((TURN * i) / 72), radius * Math.sin((TURN * i) / 72)]);
  const spoke = (angle) => [0.05, 1].map((nu) => [nu * Math.cos(angle), nu * Math.sin(angle)]);
  const bent = (w2, sign) =>
    range(61, (i) => {
      const angle = Math.PI * (1 - i / 60), q = angle / w2, nu = Math.sqrt(2 / (2 + q * q + q * Math.sqrt(q * q + 8)));
      return [nu * Math.cos(angle), sign * nu * Math.sin(angle)];
    });
  const spokes =
    kind === "optimal" ? [1, 2, 4, 8, 16].flatMap((w2) => [bent(w2, 1), bent(w2, -1)]) : range(24, (i) => spoke((TURN * i) / 24));
  return [...RADII[kind].map(circle), ...spokes].flatMap((line) => [...line, [NaN, NaN]]);
}

const LONGER = range(45, (i) => 1.05 * (500 / 1.05) ** (i / 44));

live(
  "disc",
  ({ nu, theta, rho, kind }) => {
    const angle = theta * DEGREE, here = entries(kind, nu, angle, rho), region = step(kind, nu, angle), memory = 1 / (1 - nu);
    const curves = LONGER.map((tau) => [tau, ...entries(kind, 1 - 1 / tau, angle, rho)]);
    const lam = [nu * Math.cos(angle), nu * Math.sin(angle)], variance = kernel(lam, rho)[0] * (kind === "polar" ? 1 : 1 - nu * nu);
    return {
      net: net(kind),
      step: region,
      edge: region,
      lam: [lam],
      variance: `Variance of the output: ${readable(variance)}`,
      "magnitude-curve": curves.map(([tau, value]) => [tau, value]),
      "angle-curve": curves.map(([tau, , value]) => [tau, value]),
      magnitude: [[memory, here[0]]],
      angle: [[memory, here[1]]],
      "magnitude-text": `magnitude: ${readable(here[0])}`,
      "angle-text": `angle: ${readable(here[1])}`,
      words:
        `λ of magnitude ${fixed(nu, 3)} and angle ${theta} degrees on the unit disc, under the parametrisation ${kind}, whose ` +
        `coordinate lines are drawn; inputs ${rho ? `have correlation ${general(rho)}` : "are white"}. The output's variance is ` +
        `${spoken(variance)}. Its mean squared derivative is ` +
        `${spoken(here[0])} in the parameter of the magnitude and ${spoken(here[1])} in that of the angle. Curves show both ` +
        "over the memory.",
    };
  },
  {
    lam: ([x, y]) => ({ nu: Math.hypot(x, y), theta: Math.atan2(y, x) / DEGREE }),
    magnitude: ([tau]) => ({ nu: 1 - 1 / Math.max(tau, 1) }),
  },
);
