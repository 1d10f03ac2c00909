// The twin of partings.py.
const STEPS = 120, APART = 0.1, LN10 = 2.302585092994046, CELLS = { LSTM, GRU };

const exponentOf = (cell, s) => run(CELLS[cell], s, 1000, 2000).exponent;

/** Both trajectories of h₁, and the distance of the states. */
function pair(cell, s, power) {
  const { start, step } = CELLS[cell], h = [[], []], distance = [];
  let one = start;
  for (let t = 0; t < 500; t++) one = step(s, one, []);
  let other = [one[0] + exp(power * LN10), ...one.slice(1)];
  for (let t = 0; t <= STEPS; t++) {
    h[0].push(one[0]);
    h[1].push(other[0]);
    distance.push(Math.hypot(...one.map((v, j) => v - other[j])));
    [one, other] = [step(s, one, []), step(s, other, [])];
  }
  return { h, distance, apart: Math.max(distance.findIndex((d) => d > APART), 0) };
}
