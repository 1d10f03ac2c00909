const { readable, spoken, arrow, fixed } = tools;

live(
  "demo",
  ({ slope, base, kind }) => {
    const hue = base < 1 ? "vanishing" : "exploding";
    return {
      line: [[-1, -slope], [1, slope]],
      arrow: arrow([1, slope], 0.1),
      tip: [[1, slope]],
      bare: kind === "bare" ? [[0, -1], [slope, -1]] : null,
      note: kind === "named" ? { points: [[1, slope]], text: `${kind} & <${fixed(slope, 2)}>` } : null,
      powers: { points: Array.from({ length: 11 }, (_, k) => [k, base ** k]), hue },
      end: { points: [[10, base ** 10]], hue },
      title: `At step 10: ${readable(base ** 10)}\nat step 5: ${readable(base ** 5)}, after`,
      words: `A line of slope ${fixed(slope, 2)}. The power is ${spoken(base ** 10)} at step 10; it is ${kind}.`,
    };
  },
  { tip: ([, y]) => ({ slope: y }) },
);
