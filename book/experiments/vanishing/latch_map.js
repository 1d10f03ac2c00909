// The twin of latch_map.py.
const STEPS = 100, SAMPLES = 1000;

const edge = (w) => (w > 1 ? Math.atanh(Math.sqrt(1 - 1 / w)) : 0);
const margin = (w) => w * Math.tanh(edge(w)) - edge(w);
const slope = (w, a) => w / Math.cosh(a) ** 2;

function attractor(w) {
  let a = w;
  for (let k = 0; k < 2000 && w > 1; k++) a = w * Math.tanh(a);
  return w > 1 ? a : 0;
}

let noise; // one row of samples a step, made when it is first asked for

function cobweb(w, a, steps) {
  const corners = [[a, a]];
  for (let k = 0; k < steps; k++) {
    const after = w * Math.tanh(a);
    corners.push([a, after], [after, after]);
    a = after;
  }
  return corners;
}

let last = {};
const noisyRuns = (w, s, shown) =>
  (last.w === w && last.s === s ? last : (last = { w, s, ...newRuns(w, s, shown) }));

/** The first `shown` runs, the share of all that are positive at the end, and the mean of ln |∂a_100/∂a_0|. */
function newRuns(w, s, shown) {
  noise ??= normal(STEPS * SAMPLES);
  const start = attractor(w), runs = [];
  let kept = 0, logs = 0;
  for (let i = 0; i < SAMPLES; i++) {
    const run = [[0, start]];
    let a = start, product = 1;
    for (let t = 0; t < STEPS; t++) {
      const f = 1 - 2 / (Math.exp(2 * a) + 1); // tanh a, in half the time
      product *= w * (1 - f * f);
      if (t % 20 === 19) {
        logs += Math.log(product); // the product of all could leave the floats
        product = 1;
      }
      a = w * f + s * noise[t * SAMPLES + i];
      if (i < shown) run.push([t + 1, a]);
    }
    if (i < shown) runs.push(run);
    kept += a > 0;
  }
  return { runs, kept: kept / SAMPLES, derivative: Math.exp(logs / SAMPLES) };
}
