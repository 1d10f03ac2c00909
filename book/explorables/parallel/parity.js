// The twin of parity.py.
const { fixed, general } = tools, SEEN = 0.01;
const EVEN = [...new Set(Array.from({ length: 80 }, (_, i) => 2 * Math.round(512 ** (i / 79))))];
const LENGTHS = { even: EVEN, odd: EVEN.map((T) => T - 1) };

live("parity", ({ keep, flip }) => {
  const limit = reach(keep, flip, SEEN), counts = keep > 0 && flip < 0, at = (T) => expectedAccuracy(keep, flip, T, SEEN);
  const kind =
    keep < 0 && flip > 0 ? "is right at even lengths only"
      : !counts ? "fails" : limit === Infinity ? "counts for ever" : `counts for about ${fixed(limit, 0)} steps`;
  const hue = counts && limit === Infinity ? "critical" : "exploding";
  const line = (name) => ({ points: LENGTHS[name].map((T) => [T, at(T)]), hue });
  return {
    here: { points: [[keep, flip]], hue },
    even: line("even"),
    odd: line("odd"),
    kind: `It ${kind}`,
    words: (
      `A unit that multiplies its state by ${general(keep)} at an input of 0 and by ${general(flip)} at an input of 1: it ${kind}. ` +
      `Its expected accuracy is ${fixed(at(16), 2)} at length 16 and ${fixed(at(256), 2)} at length 256.`
    ).replaceAll("-", "−"),
  };
});
