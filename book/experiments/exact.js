// The twin of exact.py: the same sums and products in the same order.
const LOG2_E = 1.4426950408889634, LN2 = [0.6931471803691238, 1.9082149292705877e-10];
const TAYLOR = [], POWERS = [1]; // 1/13!, …, 1/0!; 2^k
for (let n = 0, f = 1; n < 14; f *= ++n) TAYLOR.unshift(1 / f);
for (let k = 1; k < 120; k++) [POWERS[k], POWERS[-k]] = [2 * POWERS[k - 1], POWERS[1 - k] / 2];

function exp(x) {
  x = Math.min(Math.max(x, -80), 80);
  const k = Math.floor(x * LOG2_E + 0.5), r = x - k * LN2[0] - k * LN2[1];
  let series = 0;
  for (let n = 0; n < 14; n++) series = series * r + TAYLOR[n];
  return series * POWERS[k];
}
const sigmoid = (x) => 1 / (1 + exp(-x));
const tanh = (x) => 2 * sigmoid(2 * x) - 1;
