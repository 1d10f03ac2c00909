// The twin of descent.py: gradients and updates of networks. Arrays are flat, row by row: a matrix (r, k) has r rows.

// The three products take four rows at a time: a sum alone waits for each of its additions, and a row alone is stored four
// times as often. What is left over, or has fewer rows, goes row by row.

/** Y += X Wᵀ for rows X (B, k) and W (r, k): Y (B, r). */
function times(X, W, Y, k) {
  const r = W.length / k, B = X.length / k, fours = r - (r % 4);
  for (let x = 0, y = 0; x < B * k; x += k, y += r) {
    for (let i = 0; i < fours; i += 4) {
      let p = 0, q = 0, u = 0, v = 0;
      for (let j = 0, a = i * k, b = a + k, c = b + k, d = c + k; j < k; j++) {
        const value = X[x + j];
        p += value * W[a + j];
        q += value * W[b + j];
        u += value * W[c + j];
        v += value * W[d + j];
      }
      Y[y + i] += p;
      Y[y + i + 1] += q;
      Y[y + i + 2] += u;
      Y[y + i + 3] += v;
    }
    for (let i = fours; i < r; i++) {
      let sum = 0;
      for (let j = 0; j < k; j++) sum += X[x + j] * W[i * k + j];
      Y[y + i] += sum;
    }
  }
  return Y;
}

/** Y (k) from y on += the sum over i of d_i rows_i, for rows (r, k): d_i is D[d + i step]. */
function combine(rows, D, d, step, Y, y, k) {
  const r = rows.length / k, fours = r - (r % 4);
  for (let i = 0; i < fours; i += 4, d += 4 * step) {
    const p = D[d], q = D[d + step], u = D[d + 2 * step], v = D[d + 3 * step];
    for (let j = 0, a = i * k, b = a + k, c = b + k, e = c + k; j < k; j++)
      Y[y + j] += p * rows[a + j] + q * rows[b + j] + u * rows[c + j] + v * rows[e + j];
  }
  for (let i = fours; i < r; i++, d += step) for (let j = 0; j < k; j++) Y[y + j] += D[d] * rows[i * k + j];
}

/** X += D W for D (B, r): what goes back through W. */
function timesBack(D, W, X, k) {
  const r = W.length / k;
  for (let d = 0, x = 0; d < D.length; d += r, x += k) combine(W, D, d, 1, X, x, k);
  return X;
}

/** G += Dᵀ X, the gradient in W; and where there is one that in b. */
function outer(D, X, G, k, b) {
  const r = G.length / k;
  for (let i = 0; i < r; i++) combine(X, D, i, r, G, i * k, k);
  if (b) for (let d = 0; d < D.length; d += r) for (let i = 0; i < r; i++) b[i] += D[d + i];
}

/** N(0, std²). */
const gaussian = (draws, count, std) => draws.normal(count).map((x) => std * x);
const zeros = (count) => new Float64Array(count);
const sumOfSquares = (array) => array.reduce((sum, v) => sum + v * v, 0);
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
    moved = next.map((x) => x / size);
  }
  v.set(moved);
  return sum / all.length;
}

/** Reports, one before each update of SGD with the clip. */
function* descend(cell, task, { seed, gain, rate, clip, T, B }) {
  const draws = stream(seed), params = network(cell, task, draws, gain);
  const v = zeros(cell.size).fill(1 / Math.sqrt(cell.size));
  for (;;) {
    const [X, target] = task.draw(draws, B, T), all = unroll(cell, params, X, B);
    const { gradient, ...report } = measure(cell, params, all, task, target);
    yield { ...report, exponent: stretch(cell, params, all, v) };
    if (!isFinite(report.loss + report.norm ** 2)) continue;
    const eta = rate * Math.min(1, clip / report.norm);
    for (const [key, p] of Object.entries(params)) gradient[key].forEach((g, i) => (p[i] -= eta * g));
  }
}
