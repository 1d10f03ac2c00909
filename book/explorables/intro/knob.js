// The twin of knob.py.
const { stored, counted, fixed, readable, spoken } = tools;
const UNITS = 32, BATCH = 16, SEED = 1, T = 60, RATE = 0.03, CLIP = 1;
const SENSE = { vanishing: "forgets", critical: "is near the edge", chaotic: "is chaotic" };

/** A stored curve, or row, on a straight line between the two nearest gains that were measured. */
function at(gain, key, gains = "gain") {
  const known = stored[gains], low = Math.min(known.filter((g) => g <= gain).length - 1, known.length - 2);
  const share = (gain - known[low]) / (known[low + 1] - known[low]), between = (a, b) => a + share * (b - a);
  const [a, b] = [stored[key][low], stored[key][low + 1]];
  return Array.isArray(a) ? a.map((v, i) => between(v, b[i])) : between(a, b);
}

function nearest(gain) {
  const away = stored.gain.map((g) => Math.abs(g - gain));
  return away.indexOf(Math.min(...away));
}

const dot = (gain, value, hue) => ({ points: [[gain, value]], hue });

live(
  "knob",
  ({ gain }, [, ...reports]) => {
    const exponent = at(gain, "exponent"), hue = regime(exponent), sizes = at(gain, "lag").map(Math.exp), end = sizes.at(-1);
    const rounds = Math.exp(at(gain, "rounds", "few")), accuracy = at(gain, "accuracy"), slice = stored.slice[nearest(gain)];
    const updates = reports.length, loss = recent(reports.map((r) => r.loss)), right = percentRight(reports, BATCH);
    const sign = fixed(exponent, 2).startsWith("-") ? "" : "+";
    return {
      sizes: { points: sizes.map((v, k) => [k, v]), hue },
      slice: { points: slice.map((v, k) => [k / (slice.length - 1) - 0.5, v]), hue },
      exponent: dot(gain, exponent, hue),
      rounds: dot(gain, rounds, hue),
      accuracy: dot(gain, accuracy, hue),
      loss: updates ? { points: loss.map((v, k) => [k + 1, v]), hue } : null,
      now: updates ? dot(updates, loss.at(-1), hue) : null,
      yours: updates ? [[gain, right]] : null,
      "title-sizes": `At lag 59: ×${readable(end)}`,
      "title-exponent": `Nearby states ${exponent < 0 ? "meet" : "part"}`,
      "title-rounds": `Newton: ${fixed(rounds, 0)} rounds`,
      "title-loss": updates ? `Yours: ${fixed(right, 0)} % right` : "Yours: press Train",
      "title-accuracy": `Saved runs: ${fixed(accuracy, 0)} % right`,
      words:
        `Gain ${fixed(gain, 2)}: the network ${SENSE[hue]}. Over 59 steps back the gradient is multiplied by ${spoken(end)}. ` +
        `The largest Lyapunov exponent is ${sign}${fixed(exponent, 2)} nats a step. Newton's method finds 1024 steps in ` +
        `${fixed(rounds, 0)} rounds. Around the start the loss lies between ${fixed(Math.min(...slice), 2)} and ` +
        `${fixed(Math.max(...slice), 2)}. After training the saved networks classify ${fixed(accuracy, 0)} percent of new ` +
        `sequences correctly, mean of 8 seeds. ` +
        (updates
          ? `After ${counted(updates, "update")} yours loses ${fixed(loss.at(-1), 2)} nats and classifies ` +
            `${fixed(right, 0)} percent correctly.`
          : "Yours is not trained yet."),
    };
  },
  Object.fromEntries(["exponent", "rounds", "accuracy"].map((name) => [name, ([x]) => ({ gain: x })])),
  {
    *update({ gain }) {
      yield null; // nothing is computed while one drags
      yield* descend(tanhUnits(1, UNITS), TASKS["first sign"], { seed: SEED, gain, rate: RATE, clip: CLIP, T, B: BATCH });
    },
  },
);
