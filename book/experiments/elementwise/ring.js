// The twin of ring.py.
const UNITS = 64;

/** As points of the plane. */
function eigenvalues(rMin, rMax) {
  const u = uniform(2 * UNITS), turn = 2 * Math.PI;
  return Array.from({ length: UNITS }, (_, k) => {
    const radius = Math.sqrt(u[k] * (rMax ** 2 - rMin ** 2) + rMin ** 2), angle = turn * u[UNITS + k];
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

function shareBeyond(tau, rMin, rMax) {
  const r = Math.min(Math.max(1 - 1 / tau, rMin), rMax);
  return 1 - (r ** 2 - rMin ** 2) / (rMax ** 2 - rMin ** 2);
}

const meanVariance = (rMin, rMax) => Math.log((1 - rMin ** 2) / (1 - rMax ** 2)) / (rMax ** 2 - rMin ** 2);
