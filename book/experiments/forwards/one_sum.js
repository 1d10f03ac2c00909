// The twin of one_sum.py.
const MOST = 15, drawn = [...uniform(2 * MOST)].map((v) => 0.4 + 1.2 * v);

function oneSum(way, lam, T) {
  const c = drawn.slice(MOST, MOST + T), h = [0], carried = [0], total = [0];
  for (let t = 0; t < T; t++) h.push(lam * h[t] + drawn[t]);
  for (let s = 0; s < T; s++) {
    if (way === "forwards") {
      carried.push(lam * carried[s] + h[s]);
      total.push(total[s] + c[s] * carried[s + 1]);
    } else {
      carried.push(c[T - 1 - s] + lam * carried[s]);
      total.push(total[s] + carried[s + 1] * h[T - 1 - s]);
    }
  }
  const terms = c.map((error, t) => h.slice(0, t + 1).map((use, k) => error * lam ** (t - k) * use));
  return { terms, carried, total };
}
