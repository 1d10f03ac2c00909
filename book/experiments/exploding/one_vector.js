// The twin of one_vector.py.
const KINDS = ["norm", "value", "adaptive"];
const WEIGHTS = [2, 0.5];
const RADIAN = Math.PI / 180;

const towards = (angle, length) => [length * Math.cos(angle * RADIAN), length * Math.sin(angle * RADIAN)];
const cut = (v, bound) => Math.max(-bound, Math.min(bound, v));

function threeClips(g, threshold) {
  const scale = Math.min(1, threshold / Math.hypot(...g));
  return {
    norm: g.map((v) => v * scale),
    value: g.map((v) => cut(v, threshold / Math.SQRT2)),
    adaptive: g.map((v, i) => cut(v, (threshold / 2) * WEIGHTS[i])),
  };
}

function turn([x, y], [u, v]) {
  return Math.acos(Math.min(1, (x * u + y * v) / (Math.hypot(x, y) * Math.hypot(u, v)))) / RADIAN;
}
