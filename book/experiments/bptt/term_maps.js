// The twin of term_maps.py: δ_{k-1} of each cell by its own rule, D = ∂E/∂(Wh), and |D| |h| for the norm of a term.
const INPUTS = 4, UNITS = 24, LENGTH = 30, SEEDS = 4, SIZES = [4 * UNITS * UNITS, 4 * UNITS * INPUTS, 2 * LENGTH * INPUTS, UNITS];
const GATES = { tanh: [0], LSTM: [0, 1, 0, 0], GRU: [0, 1, 0] }; // their biases
const sigma = (x) => 1 / (1 + Math.exp(-x));
const size = (v) => Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));
const cut = (v, k) => v.slice(k * UNITS, (k + 1) * UNITS);

/** From Wh, the drive and the state the next state, and what takes its adjoint back: D, and the adjoint past W. */
const RULES = {
  tanh(a, u) {
    const h = a.map((v, j) => Math.tanh(v + u[j]));
    return { next: h, back: (d) => [d.map((v, j) => v * (1 - h[j] ** 2)), d.map(() => 0)] };
  },
  LSTM(a, u, state) {
    const v = a.map((x, j) => x + u[j]), [i, f, , o] = [0, 1, 2, 3].map((k) => cut(v, k).map(sigma));
    const g = cut(v, 2).map(Math.tanh), c = cut(state, 1), after = c.map((x, j) => f[j] * x + i[j] * g[j]), t = after.map(Math.tanh);
    const back = (d) => {
      const dh = cut(d, 0), dc = cut(d, 1).map((x, j) => x + dh[j] * o[j] * (1 - t[j] ** 2));
      const D = [
        dc.map((x, j) => x * g[j] * i[j] * (1 - i[j])),
        dc.map((x, j) => x * c[j] * f[j] * (1 - f[j])),
        dc.map((x, j) => x * i[j] * (1 - g[j] ** 2)),
        dh.map((x, j) => x * t[j] * o[j] * (1 - o[j])),
      ];
      return [D.flat(), [...dh.map(() => 0), ...dc.map((x, j) => x * f[j])]];
    };
    return { next: [...t.map((x, j) => o[j] * x), ...after], back };
  },
  GRU(a, u, h) {
    const [r, z] = [0, 1].map((k) => cut(a, k).map((x, j) => sigma(x + u[k * UNITS + j]))), q = cut(a, 2);
    const s = q.map((x, j) => Math.tanh(u[2 * UNITS + j] + r[j] * x));
    const back = (d) => {
      const ds = d.map((x, j) => x * (1 - z[j]) * (1 - s[j] ** 2));
      const dr = ds.map((x, j) => x * q[j] * r[j] * (1 - r[j])), dz = d.map((x, j) => x * (h[j] - s[j]) * z[j] * (1 - z[j]));
      return [[...dr, ...dz, ...ds.map((x, j) => x * r[j])], d.map((x, j) => x * z[j])];
    };
    return { next: h.map((x, j) => (1 - z[j]) * s[j] + z[j] * x), back };
  },
};

let numbers; // made when they are first asked for

/** [t - 1][k - 1]: log10 of the norms of all terms, mean of the networks, 0 on average at k = t. */
function termMap(cell, gain) {
  numbers ??= normal(SEEDS * SIZES.reduce((a, b) => a + b));
  const logs = Array.from({ length: LENGTH }, (_, t) => new Array(t + 1).fill(0)), rows = GATES[cell].length * UNITS;
  let start = 0;
  for (let seed = 0; seed < SEEDS; seed++) {
    const [W, U, inputs, direction] = SIZES.map((length) => numbers.slice(start, (start += length)));
    const scale = gain / Math.sqrt(UNITS), product = new Array(rows), steps = [];
    let state = new Array(cell === "LSTM" ? 2 * UNITS : UNITS).fill(0);
    for (let t = 0; t < 2 * LENGTH; t++) {
      const drive = product.fill(0).map((_, i) => GATES[cell][Math.floor(i / UNITS)] + dot(U, i, INPUTS, inputs, t * INPUTS) / Math.sqrt(INPUTS));
      const { next, back } = RULES[cell](drive.map((_, i) => scale * dot(W, i, UNITS, state, 0)), drive, state);
      if (t >= LENGTH) steps.push({ size: size(cut(state, 0)), back });
      state = next;
    }
    for (let t = 0; t < LENGTH; t++) {
      let adjoint = state.map((_, j) => direction[j] ?? 0);
      for (let k = t; k >= 0; k--) {
        const [D, past] = steps[k].back(adjoint);
        logs[t][k] += Math.log10(size(D) * steps[k].size) / SEEDS;
        for (let i = 0; i < rows; i++) for (let j = 0; j < UNITS; j++) past[j] += scale * W[i * UNITS + j] * D[i];
        adjoint = past;
      }
    }
  }
  const mean = logs.reduce((sum, row, t) => sum + row[t], 0) / LENGTH;
  return logs.map((row) => row.map((v) => v - mean));
}

/** Row i of a matrix of so many columns, times what begins there. */
function dot(matrix, i, columns, vector, from) {
  let sum = 0;
  for (let j = 0; j < columns; j++) sum += matrix[i * columns + j] * vector[from + j];
  return sum;
}

const byLag = (logs) => logs.map((_, lag) => 10 ** (logs.slice(lag).reduce((sum, row, i) => sum + row[i], 0) / (LENGTH - lag)));
const regimeAt = (size) => (size < 0.1 ? "vanishing" : size > 10 ? "exploding" : "critical");
