// The twin of parity.py.
const { fixed, general, readable, spoken } = tools, SEEN = 0.01, SHOWN = 64;
const BITS = [...uniform(SHOWN)].map((v) => v < 0.5);
const EVEN = [...new Set(Array.from({ length: 80 }, (_, i) => 2 * Math.round(512 ** (i / 79))))];
const LENGTHS = { even: EVEN, odd: EVEN.map((T) => T - 1) };

live("parity", ({ keep, flip }) => {
  const limit = reach(keep, flip, SEEN), counts = keep > 0 && flip < 0, at = (T) => expectedAccuracy(keep, flip, T, SEEN);
  const kind =
    keep < 0 && flip > 0 ? "is right at even lengths only"
      : !counts ? "fails" : limit === Infinity ? "counts for ever" : `counts for about ${fixed(limit, 0)} steps`;
  const hue = counts && limit === Infinity ? "critical" : "exploding";
  let size = 1, ones = 0, right = 0, whole = true;
  const states = BITS.map((one, t) => {
    size *= one ? flip : keep;
    ones += one;
    whole &&= Math.abs(size) >= SEEN * (1 - 1e-9) && size > 0 === (ones % 2 === 0);
    right += whole;
    return [t + 1, size];
  });
  const line = (name) => ({ points: LENGTHS[name].map((T) => [T, at(T)]), hue });
  return {
    here: { points: [[keep, flip]], hue },
    path: { points: states, hue },
    states: { points: states, hue },
    size: `Of size ${readable(Math.abs(size))} after ${SHOWN} steps`,
    even: line("even"),
    odd: line("odd"),
    kind: `It ${kind}`,
    words: (
      `A unit that multiplies its state by ${general(keep)} at an input of 0 and by ${general(flip)} at an input of 1: it ${kind}. ` +
      `On one sequence ${right} of ${SHOWN} states have the right sign until one has not or is not seen, and the last has the ` +
      `size ${spoken(Math.abs(size))}. Its expected accuracy is ${fixed(at(16), 2)} at length 16 and ${fixed(at(256), 2)} at length 256.`
    ).replaceAll("-", "−"),
  };
});
