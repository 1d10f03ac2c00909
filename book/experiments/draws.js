// The twin of draws.py.

function stream(seed) {
  let t, counter = Math.imul(seed, 0x9e3779b9);
  const one = () => {
    t = counter = (counter + 0x6d2b79f5) | 0;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const filled = (count, next) => new Float64Array(count).map(next), turn = 2 * Math.PI;
  return {
    uniform: (count) => filled(count, one),
    normal: (count) => filled(count, () => Math.sqrt(-2 * Math.log(1 - one())) * Math.cos(turn * one())),
  };
}

const uniform = (count) => stream(0).uniform(count), normal = (count) => stream(0).normal(count);
