// The twin of front.py.
const { counted, fixed, general, spoken } = tools, REACH = 1.6, BEFORE = 3, FLOOR = 1e-17, ROOF = 1e3;
const within = (v, low, high) => Math.min(Math.max(v, low), high);
let kept = {};

live(
  "front",
  ({ made, gain, T }) => {
    if (kept.gain !== gain || kept.T !== T) kept = { gain, T, ...course(gain, T) };
    const { states, exponent, guesses } = kept, needed = guesses.length - 1, guess = (k) => guesses[Math.min(k, needed)];
    const now = errors(guess(made), states), hue = exponent > 0 ? "chaotic" : exponent > -0.1 ? "critical" : "vanishing";
    const right = now.filter((v) => v < RIGHT).length, first = now.findIndex((v) => !(v < RIGHT)), front = first < 0 ? T : first;
    const points = (values, low, high) => values.map((v, t) => [t + 1, within(v, low, high)]), rate = (exponent < 0 ? "" : "+") + fixed(exponent, 2);
    const shown = {
      states: points(states.map((h) => h[0]), -9, 9),
      guess: { points: points(guess(made).map((h) => h[0]), -REACH, REACH), hue },
      error: { points: points(now, FLOOR, ROOF), hue },
      end: [[T, RIGHT]],
      title: `Gain ${general(gain)}, λ₁ = ${rate}: the guess after ${counted(made, "round")}`.replaceAll("-", "−"),
      right: `${right} of ${T} states are right; all after ${counted(needed, "round")}`,
      words:
        `A tanh network of gain ${general(gain)} with a largest Lyapunov exponent of ${rate}, ${T} steps at once. After ` +
        `${counted(made, "round")} the largest error is ${spoken(Math.max(...now))}; ${right} states are right to eight digits, the first ` +
        `${front} without a gap. All of them are after ${counted(needed, "round")}.`,
    };
    for (let back = 1; back <= BEFORE; back++)
      shown[`before-${back}`] = made >= back ? points(errors(guess(made - back), states), FLOOR, ROOF) : null;
    return shown;
  },
  { end: ([t]) => ({ T: t }) },
  gttWorker,
);
