// The twin of clips.py.
const { fixed, arrow } = tools;

live(
  "clips",
  ({ angle, length, threshold }) => {
    const vector = towards(angle, length), clipped = threeClips(vector, threshold);
    const turned = (kind) => turn(vector, clipped[kind]);
    const side = threshold / Math.SQRT2;
    const shown = {
      disc: Array.from({ length: 73 }, (_, k) => towards(5 * k, threshold)),
      box: [[1, 1], [-1, 1], [-1, -1], [1, -1], [1, 1]].map(([x, y]) => [side * x, side * y]),
      before: arrow(vector, 0.12),
      tip: [vector],
      at: [[threshold, 0.6], [threshold, 1]],
      threshold: [[threshold, 1]],
      title: `Turn: value ${fixed(turned("value"), 0)}°, adaptive ${fixed(turned("adaptive"), 0)}°`,
    };
    const curve = [];
    for (let d = 0; d <= 360; d += 3) curve.push([d, towards(d, length), threeClips(towards(d, length), threshold)]);
    for (const kind of KINDS) {
      shown[kind] = arrow(clipped[kind], 0.1);
      shown[`turns-${kind}`] = curve.map(([d, before, after]) => [d, turn(before, after[kind])]);
      shown[`turn-${kind}`] = [[angle, turned(kind)]];
    }
    const parts = KINDS.map((kind) => {
      const size = fixed(Math.hypot(...clipped[kind]), 2);
      return `${kind} to length ${size}, turned by ${fixed(turned(kind), 0)} degrees`;
    });
    shown.words =
      `Threshold ${fixed(threshold, 2)}. A vector of length ${fixed(length, 1)} at ${angle} degrees is clipped by ` +
      `${parts.join("; ")}. Beside it, the turn by every clip over the direction of the vector: none by norm. Below, ` +
      "over the threshold, the mean cosine between before and after on the gradients of a run: 1 by norm; by value " +
      "and adaptive it falls as the threshold does.";
    return shown;
  },
  {
    tip: ([x, y]) => ({ angle: (Math.round(Math.atan2(y, x) / RADIAN) + 360) % 360, length: Math.hypot(x, y) }),
    "turn-value": ([x]) => ({ angle: x }),
    threshold: ([x]) => ({ threshold: x }),
  },
);
