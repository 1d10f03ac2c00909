// The twin of small_gru.py.
const W_GRU = [[0, 1], [1, 0], [0, -1], [-1, -1], [-5, -8], [8, 5]];

const GRU = {
  start: [0.5, 0.5],
  step(s, h, local) {
    const a = (k) => sigmoid(scaled(s, W_GRU[k], ...h)), r = [a(0), a(1)], z = [a(2), a(3)];
    const n = [4, 5].map((k) => tanh(scaled(s, W_GRU[k], r[0] * h[0], r[1] * h[1])));
    local.splice(0, 4, r, z, n, h);
    return h.map((v, j) => (1 - z[j]) * n[j] + z[j] * v);
  },
  turn(s, [r, z, n, h], V) {
    const d = (k) => scaled(s, W_GRU[k], ...V);
    const m = V.map((v, j) => r[j] * v + h[j] * (r[j] * (1 - r[j]) * d(j)));
    return V.map((v, j) => {
      const dz = z[j] * (1 - z[j]) * d(2 + j), dn = (1 - n[j] * n[j]) * scaled(s, W_GRU[4 + j], ...m);
      return (1 - z[j]) * dn + (h[j] - n[j]) * dz + z[j] * v;
    });
  },
};
