// The twin of terms.py.
const { counted, general, readable, spoken } = tools;
let last = {};

function stripes(logs) {
  const all = Array.from({ length: 16 }, () => [[0, 0], [0, 0], [NaN, NaN]]);
  logs.forEach((row, t) => {
    const number = row.map((v) => Math.min(Math.max(Math.floor(2 * v + 8), 0), 15));
    let from = 0;
    number.forEach((n, k) => {
      if (n === number[k + 1]) return;
      all[n].push([from + 0.5, t + 1], [k + 1.5, t + 1], [NaN, NaN]);
      from = k + 1;
    });
  });
  return all;
}

function mapAt(cell, gain) {
  if (last.cell === cell && last.gain === gain) return last;
  const logs = termMap(cell, gain);
  return (last = { cell, gain, logs, sizes: byLag(logs), classes: stripes(logs) });
}

live(
  "terms",
  ({ gain, cell, t, k }) => {
    const { logs, sizes, classes } = mapAt(cell, gain), lag = t - k, there = lag >= 0, norm = there ? 10 ** logs[t - 1][k - 1] : 1;
    const hue = there ? regimeAt(norm) : "muted", steps = counted(lag, "step"), mean = regimeAt(sizes[20]);
    const passed = Array.from({ length: lag + 1 > 0 ? lag + 1 : 0 }, (_, i) => [k + i, 0]);
    const term = there
      ? `the term of the error at step ${t} and the use at step ${k} goes back ${steps} and has norm ${spoken(norm)}`
      : `an error at step ${t} does not depend on the later use at step ${k}`;
    return {
      ...Object.fromEntries(classes.map((points, n) => [`class-${n}`, points])),
      cell: [[k, t]],
      row: there ? [[k, t], [t, t], [t, t]] : null,
      path: there ? { points: [[t, 0.9], [t, 0], [k, 0], [k, -0.9]], hue } : null,
      passed: there ? { points: passed, hue } : null,
      error: { points: [[t, 1.05]] },
      use: { points: [[k, -1.05]] },
      term: { text: there ? `Back ${steps}: norm ${readable(norm)}` : "No term: a use after its error", hue },
      sizes: { points: sizes.map((v, i) => [i, v]), hue: mean },
      terms: [...logs[t - 1]].reverse().map((v, i) => [i, 10 ** v]),
      dot: there ? [[lag, norm]] : null,
      mean: { text: `Mean at lag 20: ${readable(sizes[20])}`, hue: mean },
      words:
        `The cell ${cell} with recurrent gain ${general(gain)}. Left, a triangle of the norms of all terms of the gradient, by the ` +
        `step t of the error and the step k of the use; ${term}. Right, their mean by lag: relative to lag 0 it is ` +
        `${spoken(sizes[10])} at lag 10, ${spoken(sizes[20])} at lag 20 and ${spoken(sizes.at(-1))} at lag ${LENGTH - 1}.`,
    };
  },
  {},
  gttWorker,
);
