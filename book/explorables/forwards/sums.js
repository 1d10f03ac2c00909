// The twin of sums.py.
const { counted, fixed, general } = tools, HUES = { forwards: "exploding", backwards: "vanishing" }, GAP = [NaN, NaN];

function square(t, k, share) {
  const half = 0.06 + 0.4 * Math.sqrt(share), [left, right, low, high] = [k + 1 - half, k + 1 + half, t + 1 - half, t + 1 + half];
  return [[left, low], [right, low], [right, high], [left, high], GAP];
}

live("sums", ({ way, steps, lam, T }) => {
  const { terms, carried, total } = oneSum(way, lam, T), made = Math.min(steps, T), hue = HUES[way], ahead = way === "forwards";
  const largest = Math.max(...terms.flat()), shares = total.map((v, s) => [s, v / total[T]]), upto = shares.slice(0, made + 1);
  const outside = [[-1, -1], [-1, -1], [-1, -1], GAP], parts = { counted: [...outside], waiting: [...outside] };
  let count = 0;
  terms.forEach((row, t) =>
    row.forEach((term, k) => {
      const done = ahead ? t < made : k >= T - made;
      count += done;
      parts[done ? "counted" : "waiting"].push(...square(t, k, term / largest));
    }),
  );
  const all = (T * (T + 1)) / 2, now = fixed(carried[made], 2);
  return {
    waiting: parts.waiting,
    counted: { points: parts.counted, hue },
    count: { text: `${count} of ${all} terms, in ${ahead ? "rows" : "columns"}`, hue },
    all: shares,
    line: { points: upto, hue },
    dots: { points: upto, hue },
    carried: { text: `Carried along: ${ahead ? "P" : "δ"} = ${now}`, hue },
    words:
      `The terms of the gradient of one linear unit with λ = ${general(lam)} over ${T} steps, as squares in a triangle, by the step ` +
      `k of the use and the step t of the error. After ${counted(made, "step")} ${way}, ${count} of ${all} terms are in ` +
      `the sum: the ${ahead ? "rows at the bottom" : "columns at the right"} of the triangle. What is carried along, the ` +
      `${ahead ? "influence P" : "adjoint δ"}, is ${now}, and the sum is ${fixed(total[made] / total[T], 2)} of the gradient.`,
  };
});
