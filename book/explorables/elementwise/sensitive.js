// The twin of sensitive.py.
const { fixed, general, readable, spoken } = tools;
const MEMORY = Array.from({ length: 40 }, (_, i) => 1.5 * (500 / 1.5) ** (i / 39));

live(
  "sensitive",
  ({ tau, rho }) => {
    const lam = 1 - 1 / tau, [one, other] = outputs(lam, rho), [variance, sensitivity] = kernel(lam, lam, rho);
    const curves = MEMORY.map((memory) => [memory, ...kernel(1 - 1 / memory, 1 - 1 / memory, rho)]);
    const percent = general(100 * apart(lam, rho), 2);
    const inputs = rho === 0 ? "white noise" : rho === 1 ? "a constant" : `noise with correlation ${general(rho)}`;
    return {
      one,
      other,
      "one-lam": `λ = ${fixed(lam, 4)}`,
      "other-lam": `λ = ${fixed(lam - SHIFT, 4)}`,
      apart: `Same input, outputs ${percent} % apart`,
      "variance-curve": curves.map(([memory, value]) => [memory, value]),
      "sensitivity-curve": curves.map(([memory, , value]) => [memory, value]),
      variance: [[tau, variance]],
      sensitivity: [[tau, sensitivity]],
      "variance-text": `mean of h²: ${readable(variance)}`,
      "sensitivity-text": `mean of (dh/dλ)²: ${readable(sensitivity)}`,
      words:
        `Two units with λ = ${fixed(lam, 4)} and ${fixed(lam - SHIFT, 4)} read the same input, ${inputs}. Their outputs are ` +
        `${percent} percent of a standard deviation apart. Right, over the memory: the variance of h is ${spoken(variance)} ` +
        `here, the mean square of its derivative in λ ${spoken(sensitivity)}; both rise without bound as λ goes to 1, while ` +
        "the derivative of h at any time in h at the start stays below 1.",
    };
  },
  { variance: ([x]) => ({ tau: x }), sensitivity: ([x]) => ({ tau: x }) },
);
