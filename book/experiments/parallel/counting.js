// The twin of counting.py.
const LOGS = [0]; // ln k!
for (let k = 1; k <= 1024; k++) LOGS[k] = LOGS[k - 1] + Math.log(k);

function expectedAccuracy(keep, flip, T, seen) {
  let total = 0, right = 0;
  for (let k = 0; k <= T; k++) {
    const chance = Math.exp(LOGS[T] - LOGS[k] - LOGS[T - k] - T * Math.LN2), size = Math.abs(keep) ** (T - k) * Math.abs(flip) ** k;
    const sign = ((T - k) % 2 ? Math.sign(keep) : 1) * (k % 2 ? Math.sign(flip) : 1);
    total += chance;
    right += chance * (size < seen * (1 - 1e-9) ? 0.5 : Number(sign === (k % 2 ? -1 : 1)));
  }
  return right / total;
}

function reach(keep, flip, seen) {
  if (keep === 0 || flip === 0) return 1;
  const rate = 0.5 * (Math.log(Math.abs(keep)) + Math.log(Math.abs(flip)));
  return rate < 0 ? Math.log(seen) / rate : Infinity;
}
