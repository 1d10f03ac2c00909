// The twin of twins.py, with eq. kernel for two real numbers.
const SHIFT = 0.01, STEPS = 200, BURN_IN = 3000;

/** K and ∂²K/∂α∂β. */
function kernel(a, b, rho) {
  const both = 1 - a * b, top = 1 - rho * rho * a * b, K = top / ((1 - rho * a) * (1 - rho * b) * both);
  const along = (one, other) => other / both - (rho * rho * other) / top + rho / (1 - rho * one); // of log K
  return [K, K * (along(a, b) * along(b, a) + 1 / both ** 2 - (rho / top) ** 2)];
}

function apart(lam, rho) {
  const K = (a, b) => kernel(a, b, rho)[0], changed = lam - SHIFT;
  return Math.sqrt((K(lam, lam) + K(changed, changed) - 2 * K(lam, changed)) / K(lam, lam));
}

let noise;
/** Of λ and of λ - SHIFT, points (t, h) at the end of a long run. */
function outputs(lam, rho) {
  noise ??= normal(BURN_IN + STEPS);
  const size = Math.sqrt(kernel(lam, lam, rho)[0]), fresh = Math.sqrt(1 - rho * rho), one = [], other = [];
  let x = 1, h = 0, changed = 0;
  noise.forEach((z, t) => {
    x = rho * x + fresh * z;
    h = lam * h + x;
    changed = (lam - SHIFT) * changed + x;
    if (t < BURN_IN) return;
    one.push([t - BURN_IN, h / size]);
    other.push([t - BURN_IN, changed / size]);
  });
  return [one, other];
}
