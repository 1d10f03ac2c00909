// The twin of cliff.py.
const T = 50, X0 = 0.5, TARGET = 0.7, UPDATES = 300, LAST = 20;

const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/** E, ∂E/∂w and ∂E/∂b; the derivatives run forwards with the state. */
function cliff(w, b) {
  let x = X0, dw = 0, db = 0;
  for (let t = 0; t < T; t++) {
    const s = sigmoid(x), m = w * s * (1 - s);
    x = w * s + b;
    dw = s + m * dw;
    db = 1 + m * db;
  }
  const s = sigmoid(x), c = 2 * (s - TARGET) * s * (1 - s);
  return [(s - TARGET) ** 2, c * dw, c * db];
}

/** The path of gradient descent, clipped by norm at the threshold: its longest step, and the mean error at its end. */
function descend(w, b, rate, threshold = Infinity) {
  const path = [];
  let longest = 0, error = 0;
  for (let k = 0; k <= UPDATES; k++) {
    const [E, gw, gb] = cliff(w, b), size = Math.hypot(gw, gb);
    path.push([w, b]);
    if (k > UPDATES - LAST) error += E / LAST;
    const step = rate * Math.min(1, threshold / Math.max(size, 1e-300));
    if (k < UPDATES) longest = Math.max(longest, step * size);
    w -= step * gw;
    b -= step * gb;
  }
  return { path, longest, error };
}
