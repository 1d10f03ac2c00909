// The twin of descent.py: gradients and updates of networks. Arrays are flat, row by row: a matrix (r, k) has r rows.

// The products take four rows at a time, twice: a sum alone waits for each of its additions, and a number that is read serves
// two products. What is left over, or has fewer rows, goes row by row.

/** Y += X Wᵀ for rows X (B, k) and W (r, k): Y (B, r). */
function times(X, W, Y, k) {
  const r = W.length / k, B = X.length / k, fours = r - (r % 4), twos = B - (B % 2);
  for (let n = 0; n < twos; n += 2) {
    const x = n * k, x2 = x + k, y = n * r, y2 = y + r;
    for (let i = 0; i < fours; i += 4) {
      let p = 0, q = 0, u = 0, v = 0, p2 = 0, q2 = 0, u2 = 0, v2 = 0;
      for (let j = 0, a = i * k, b = a + k, c = b + k, d = c + k; j < k; j++) {
        const one = X[x + j], two = X[x2 + j], wa = W[a + j], wb = W[b + j], wc = W[c + j], wd = W[d + j];
        p += one * wa;
        q += one * wb;
        u += one * wc;
        v += one * wd;
        p2 += two * wa;
        q2 += two * wb;
        u2 += two * wc;
        v2 += two * wd;
      }
      Y[y + i] += p;
      Y[y + i + 1] += q;
      Y[y + i + 2] += u;
      Y[y + i + 3] += v;
      Y[y2 + i] += p2;
      Y[y2 + i + 1] += q2;
      Y[y2 + i + 2] += u2;
      Y[y2 + i + 3] += v2;
    }
  }
  for (let n = 0; n < B; n++) for (let i = n < twos ? fours : 0; i < r; i++) Y[n * r + i] += inner(X, n * k, W, i * k, k);
  return Y;
}

function inner(X, x, W, w, k) {
  let sum = 0;
  for (let j = 0; j < k; j++) sum += X[x + j] * W[w + j];
  return sum;
}

/** Y (n, k) += the sums over i of d_i rows_i, for rows (r, k): of row m of Y the number d_i is D[m next + i step]. */
function combine(rows, D, step, next, Y, k) {
  const r = rows.length / k, n = Y.length / k, fours = r - (r % 4), twos = n - (n % 2);
  for (let m = 0; m < twos; m += 2) {
    const y = m * k, y2 = y + k;
    for (let i = 0; i < fours; i += 4) {
      const d = m * next + i * step, d2 = d + next, p = D[d], q = D[d + step], u = D[d + 2 * step], v = D[d + 3 * step];
      const p2 = D[d2], q2 = D[d2 + step], u2 = D[d2 + 2 * step], v2 = D[d2 + 3 * step];
      for (let j = 0, a = i * k, b = a + k, c = b + k, e = c + k; j < k; j++) {
        const ra = rows[a + j], rb = rows[b + j], rc = rows[c + j], re = rows[e + j];
        Y[y + j] += p * ra + q * rb + u * rc + v * re;
        Y[y2 + j] += p2 * ra + q2 * rb + u2 * rc + v2 * re;
      }
    }
  }
  for (let m = 0; m < n; m++)
    for (let i = m < twos ? fours : 0; i < r; i++) for (let j = 0; j < k; j++) Y[m * k + j] += D[m * next + i * step] * rows[i * k + j];
}

/** X += D W for D (B, r): what goes back through W. */
function timesBack(D, W, X, k) {
  combine(W, D, 1, W.length / k, X, k);
  return X;
}

/** G += Dᵀ X, the gradient in W; and where there is one that in b. */
function outer(D, X, G, k, b) {
  const r = G.length / k;
  combine(X, D, r, 1, G, k);
  if (b) for (let d = 0; d < D.length; d += r) for (let i = 0; i < r; i++) b[i] += D[d + i];
}

/** N(0, std²). */
const gaussian = (draws, count, std) => draws.normal(count).map((x) => std * x);

/** Arrays that one update needs, and the next one of the same run takes again: to make them anew took a third of the time. */
class Store {
  constructor() {
    this.kept = new Map();
  }

  begin() {
    for (const arrays of this.kept.values()) arrays.taken = 0;
  }

  take(count) {
    if (!this.kept.has(count)) this.kept.set(count, Object.assign([], { taken: 0 }));
    const arrays = this.kept.get(count), k = arrays.taken++;
    return k < arrays.length ? arrays[k].fill(0) : (arrays[k] = new Float64Array(count));
  }
}
let store = null; // while an update is made, that of its run
const zeros = (count) => store?.take(count) ?? new Float64Array(count);

function sumOfSquares(array) {
  let sum = 0;
  for (let i = 0; i < array.length; i++) sum += array[i] * array[i];
  return sum;
}
const length = (array) => Math.sqrt(sumOfSquares(array));

/** The hue of a network by its exponent, in nats a step. */
const regime = (exponent) => (exponent < -0.1 ? "vanishing" : exponent <= 0 ? "critical" : "chaotic");

/** At each place the mean of the last ten values. */
const recent = (values) =>
  values.map((_, k) => {
    const last = values.slice(Math.max(0, k - 9), k + 1);
    return last.reduce((a, b) => a + b) / last.length;
  });

/** Of the sequences in the last ten batches. */
function percentRight(reports, B) {
  const last = reports.slice(-10);
  return (100 * last.reduce((sum, r) => sum + r.right, 0)) / (last.length * B);
}

/** Weights of a cell and of its readout, for a task. */
function network(cell, task, draws, gain) {
  const V = gaussian(draws, task.outputs * cell.size, 1 / Math.sqrt(cell.size));
  return { ...cell.init(draws, gain), V, c_out: zeros(task.outputs) };
}

/** All steps, each with what its derivative needs. */
function unroll(cell, params, X, B) {
  let h = zeros(B * cell.size);
  return X.map((x) => {
    const step = cell.step(params, x, h);
    h = step.h;
    return step;
  });
}

/** Loss, how many are right, gradient, and ‖∂E/∂h_{T−k}‖ over the lag k. */
function measure(cell, params, all, task, target) {
  const { size } = cell, B = target.length, last = all.at(-1).h, report = { loss: 0, right: 0 };
  const gradient = Object.fromEntries(Object.entries(params).map(([key, p]) => [key, zeros(p.length)]));
  const Y = times(last, params.V, zeros(B * task.outputs), size), dY = zeros(B * task.outputs);
  for (let b = 0; b < B; b++) {
    const y = Array.from({ length: task.outputs }, (_, k) => Y[b * task.outputs + k] + params.c_out[k]);
    const [loss, dy] = task.error(y, target[b]);
    report.loss += loss / B;
    report.right += task.right(y, target[b]);
    dy.forEach((d, k) => (dY[b * task.outputs + k] = d / B));
  }
  outer(dY, last, gradient.V, size, gradient.c_out);
  let delta = timesBack(dY, params.V, zeros(B * size), size);
  report.lags = [];
  for (let t = all.length - 1; t >= 0; t--) {
    report.lags.push(length(delta));
    delta = cell.back(params, all[t], delta, gradient);
  }
  return { ...report, norm: Math.sqrt(Object.values(gradient).reduce((sum, g) => sum + sumOfSquares(g), 0)), gradient };
}

/** Nats a step by which the first sequence's steps stretch the direction v, which moves on with them; one that they make 0
    stays where it was. */
function stretch(cell, params, all, v) {
  let sum = 0, moved = v;
  for (const step of all) {
    const next = cell.push(params, step, moved), size = length(next);
    if (!(size > 0 && isFinite(size))) return -Infinity;
    sum += Math.log(size);
    moved = next;
    for (let i = 0; i < moved.length; i++) moved[i] /= size;
  }
  v.set(moved);
  return sum / all.length;
}

/** Reports, one before each update of SGD with the clip. */
function* descend(cell, task, { seed, gain, rate, clip, T, B }) {
  const draws = stream(seed), params = network(cell, task, draws, gain);
  const v = zeros(cell.size).fill(1 / Math.sqrt(cell.size)), own = new Store();
  for (;;) {
    const [X, target] = task.draw(draws, B, T);
    store = own;
    store.begin();
    const all = unroll(cell, params, X, B), { gradient, ...report } = measure(cell, params, all, task, target);
    const exponent = stretch(cell, params, all, v);
    store = null; // another run may go on before this one does
    yield { ...report, exponent };
    if (!isFinite(report.loss + report.norm ** 2)) continue;
    const eta = rate * Math.min(1, clip / report.norm);
    for (const [key, p] of Object.entries(params)) gradient[key].forEach((g, i) => (p[i] -= eta * g));
  }
}
