// The twin of trainer.py.
const { counted, fixed, readable, spoken } = tools;
const UPDATES = 300, FAR = 1e5, PARTS = ["loss", "lags", "norm", "exponent"];
const NAMES = { latch: "the latch", order: "temporal order", adding: "adding" };
const told = (value, tell = readable) => (isFinite(value) ? tell(value) : "∞");
const signed = (value) => {
  if (!isFinite(value)) return "−∞";
  const text = fixed(value, 2);
  return Number(text) === 0 ? text.replace("-", "") : value < 0 ? text.replace("-", "−") : `+${text}`;
};

live(
  "trainer",
  ({ task, cell, gain, clip, rate, length, seed, beside }, reports) => {
    const own = curves(reports.map((r) => r.own), task), count = reports.length, update = count - 1;
    const other = reports[0].other && curves(reports.map((r) => r.other), task), exponent = own.exponent.at(-1);
    const hue = regime(exponent), clipped = own.norm.filter((v) => v > clip).length;
    const points = (values) => values.map((v, k) => [k, Math.min(v, FAR)]);
    const shown = {
      legend: other ? `grey: with ${beside}` : "",
      threshold: [[0, clip], [UPDATES, clip]],
      clip: [[UPDATES, clip]],
      "title-loss": `Loss ${told(own.loss.at(-1))}, ${fixed(own.right, 0)} % right`,
      "title-lags": `At lag ${length - 1}: ×${told(own.lags.at(-1))}`,
      "title-norm": `Clipped: ${clipped} of ${count}`,
      "title-exponent": `Exponent ${signed(exponent)}`,
      words:
        `${cell === "LRU" ? "An" : "A"} ${cell} network on ${NAMES[task]}, ${length} steps, gain ${fixed(gain, 2)}, rate ${fixed(rate, 2)}, clip ` +
        `${fixed(clip, 2)}, seed ${seed}. After ${counted(update, "update")} the loss is ` +
        `${told(own.loss.at(-1), spoken)} of that of a guess, and ${fixed(own.right, 0)} percent of the sequences are right. At ` +
        `lag ${length - 1} the gradient is ${told(own.lags.at(-1), spoken)} of that at lag 0. The exponent is ${signed(exponent)} ` +
        `nats a step. ${clipped} of ${count} gradients were clipped.` +
        (other
          ? ` In grey, with ${beside}: loss ${told(other.loss.at(-1), spoken)}, ${fixed(other.right, 0)} percent right, exponent ` +
            `${signed(other.exponent.at(-1))}.`
          : ""),
    };
    for (const part of PARTS) {
      shown[`${part}-own`] = { points: points(own[part]), hue: part === "lags" || part === "exponent" ? hue : "ink" };
      shown[`${part}-other`] = other ? points(other[part]) : null;
    }
    return shown;
  },
  { clip: ([, y]) => ({ clip: y }) },
  { update: both },
);
