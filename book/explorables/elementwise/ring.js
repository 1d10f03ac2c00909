// The twin of ring.py.
const { fixed, general, readable } = tools;
const TAU = Array.from({ length: 90 }, (_, k) => 10 ** ((4 * k) / 89));

const circle = (r) => Array.from({ length: 73 }, (_, k) => [r * Math.cos((k * Math.PI) / 36), r * Math.sin((k * Math.PI) / 36)]);
const radius = (tau) => 1 - 1 / Math.max(tau, 1);

live(
  "ring",
  ({ r_min, r_max }) => {
    const share = (tau) => 100 * shareBeyond(tau, r_min, r_max), variance = meanVariance(r_min, r_max);
    const [ten, hundred, thousand] = [10, 100, 1000].map(share);
    const shown = {
      inner: circle(r_min),
      outer: circle(r_max),
      lam: eigenvalues(r_min, r_max),
      radius: [[r_min, 0]],
      shares: TAU.map((tau) => [tau, share(tau)]),
      shortest: [[1 / (1 - r_min), 100]],
      longest: [[1 / (1 - r_max), 0]],
      variance: `Mean variance without γ: ${fixed(variance, 1)}`,
      words:
        `${UNITS} eigenvalues on the ring from ${general(r_min)} to ${general(r_max)}. On average over the ring ` +
        `${fixed(ten, 1)} percent of the units have a memory beyond 10 steps, ${fixed(hundred, 1)} beyond 100 and ` +
        `${fixed(thousand, 1)} beyond 1000. The mean variance of a unit without normalisation is ${fixed(variance, 2)}.`,
    };
    for (const tau of [10, 100, 1000]) {
      shown[`at-${tau}`] = [[tau, share(tau)]];
      shown[`share-${tau}`] = { points: [[1.5 * tau, share(tau) + 6]], text: `${readable(share(tau))} %` };
    }
    return shown;
  },
  {
    radius: ([x, y]) => ({ r_min: Math.hypot(x, y) }),
    shortest: ([tau]) => ({ r_min: radius(tau) }),
    longest: ([tau]) => ({ r_max: radius(tau) }),
  },
);
