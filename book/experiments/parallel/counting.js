// The twin of counting.py.
const LOGS = [0]; // ln k!
for (let k = 1; k <= 1024; k++) LOGS[k] = LOGS[k - 1] + Math.log(k);

const chances = new Map();
/** Of k ones among T inputs, for those k whose chance is not lost in the rounding of a sum: [[k, chance], …]. */
function counts(T) {
  if (!chances.has(T)) {
    const all = Array.from({ length: T + 1 }, (_, k) => [k, Math.exp(LOGS[T] - LOGS[k] - LOGS[T - k] - T * Math.LN2)]);
    chances.set(T, all.filter(([, chance]) => chance > 1e-20));
  }
  return chances.get(T);
}

function expectedAccuracy(keep, flip, T, seen) {
  const shrinks = Math.log(Math.abs(keep)), turns = Math.log(Math.abs(flip)), least = Math.log(seen * (1 - 1e-9));
  let total = 0, right = 0;
  for (const [k, chance] of counts(T)) {
    const size = (k < T ? (T - k) * shrinks : 0) + (k > 0 ? k * turns : 0); // its logarithm; a power takes ten times as long
    const sign = ((T - k) % 2 ? Math.sign(keep) : 1) * (k % 2 ? Math.sign(flip) : 1);
    total += chance;
    right += chance * (size < least ? 0.5 : Number(sign === (k % 2 ? -1 : 1)));
  }
  return right / total;
}

function reach(keep, flip, seen) {
  if (keep === 0 || flip === 0) return 1;
  const rate = 0.5 * (Math.log(Math.abs(keep)) + Math.log(Math.abs(flip)));
  return rate < 0 ? Math.log(seen) / rate : Infinity;
}
