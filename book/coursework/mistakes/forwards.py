"""Mistakes with gradients that run forwards."""

import numpy as np

from coursework.answers import Mistakes, in_force, solutions
from coursework.mistakes import EXAMPLES, Array, Measured, Rng

mistake = Mistakes("forwards")

TASK = {
    "cell": {
        "plain": "the cell of part 1 is h_t = tanh(W h_{t-1} + x_t)",
        "leaky": "the cell of part 1 is h_t = ¾ h_{t-1} + ¼ tanh(W h_{t-1} + x_t)",
        "damped": "the cell of part 1 is h_t = tanh(W h_{t-1} + x_t) - ½ h_{t-1}",
    },
    "unit": {
        "tanh": "the unit of part 2 is h_t = tanh(w h_{t-1} + x_t)",
        "linear": "the unit of part 2 is h_t = w h_{t-1} + x_t",
        "mix": "the unit of part 2 is h_t = w h_{t-1} + (1 - w) x_t",
    },
    "rho": {
        "both": "ρ₀² = ‖v‖/‖Ju‖ and ρ₁² = ‖νᵀI‖/‖ν‖",
        "first": "ρ₀² = ‖v‖/‖Ju‖ and ρ₁ = 1",
        "none": "ρ₀ = 1 and ρ₁ = 1",
    },
    "map": {
        "logistic": "the map is f(x) = r x (1 - x)",
        "quadratic": "the map is f(x) = 1 - r x²",
        "sine": "the map is f(x) = r sin(π x)",
    },
}
VARIES = {"influence": "cell", "traces": "unit", "rank_one": "rho", "forced": "map", "strengths": "map"}
OF_MAP = {"logistic": 3.8, "quadratic": 1.7, "sine": 0.95}  # an r of each


def dense(rng: Rng, size: int) -> tuple[Array, Array, Array, Array]:
    """W, h, x, P."""
    n = [3, 5, 1, 2][size]
    h, x = rng.standard_normal((2, n))
    return rng.standard_normal((n, n)), 0.6 * h, x, rng.standard_normal((n, n, n))


def own_past(rng: Rng, size: int) -> tuple[Array, Array, Array]:
    """w, X, C."""
    n, T = [(3, 5), (4, 8), (2, 1), (4, 4)][size]
    return rng.uniform(0.3, 1.1, n), rng.standard_normal((T, n)), rng.standard_normal((T, n))


def random_product(rng: Rng, size: int) -> tuple[Array, Array, Array, Array, Array]:
    """J, I, u, v, nu."""
    n, p = [(3, 5), (4, 7), (2, 1), (4, 4)][size]
    J, I = rng.standard_normal((n, n)), rng.standard_normal((n, p))
    return J, I, rng.standard_normal(n), rng.standard_normal(p), rng.choice([-1.0, 1.0], n)


def pulled(rng: Rng, size: int) -> tuple[float, float, Array, float]:
    """r, z0, d, alpha."""
    r, T = OF_MAP[in_force("forwards").options["map"]], [5, 9, 1, 3][size]
    return r, float(rng.uniform(0.2, 0.8)), rng.uniform(0.1, 0.9, T), [0.3, 0.6, 0.0, 0.8][size]


CASES = {
    "influence": dense,
    "traces": own_past,
    "rank_one": random_product,
    "forced": pulled,
    "strengths": lambda rng, size: (EXAMPLES[size],),
}

# fmt: off
mistake.edits(
    "influence",
    ("J P is missing: the state before hangs on W too.", "np.tensordot(J, P, 1) + direct", "direct"),
    ("the direct part is missing: W acts in this step too.", "np.tensordot(J, P, 1) + direct",
     "np.tensordot(J, P, 1)"),
    ("J is transposed.", "np.tensordot(J, P, 1)", "np.tensordot(J.T, P, 1)"),
    ("the slopes multiply the columns of W. In J they multiply its rows.", "s[:, None] * W", "s * W"),
    ("the slopes are missing in the direct part.", "s[:, None] * h", "np.ones(len(h))[:, None] * h"),
    ("the slopes are missing in J.", "+ s[:, None] * W", "+ share * W"),
    ("the direct part has the new state in it. W multiplies the state before, h_{t-1}.", "s[:, None] * h\n",
     "s[:, None] * (keep * h + share * y)\n"),
    ("the direct part reaches all units. W_jk acts on unit j directly, and on no other.", "direct[i, i] = ",
     "direct[:] = "),
    ("j and k have changed places in the direct part: ∂h_j/∂W_jk is the slope of j times h_k.",
     "s[:, None] * h\n", "h[:, None] * s\n"),
    ("the share of the tanh is missing in its slope.", "share * (1 - y**2)", "1 - y**2"),
    ("J lacks what the cell keeps of its state without W.", "keep * np.eye(len(h)) + ", ""),
    ("what the cell keeps is added to every entry of J. It belongs on the diagonal.", "keep * np.eye(len(h))",
     "keep"),
    ("the slope of tanh is 1 - y², not 1 - y.", "y**2", "y"),
    ("the slope is taken at y. It is 1 - tanh(a)², and y is tanh(a) already.", "y**2", "np.tanh(y) ** 2"),
    ("J multiplies the last axis of P. It multiplies the first, that of the units.", "np.tensordot(J, P, 1)",
     "P @ J.T"),
    ("the state is that of another cell: look at your task.", "return keep * h + share * y", "return y"),
)
mistake.edits(
    "traces",
    ("the trace has the new state in it: compute it before you overwrite h.", "(w * e + direct)",
     "(w * e + direct + new - h)"),
    ("the past is missing: e_{t-1} comes along, times w.", "(w * e + direct)", "direct"),
    ("e_{t-1} has lost its factor w.", "(w * e + direct)", "(e + direct)"),
    ("the direct part is missing: w multiplies h_{t-1} in each step.", "(w * e + direct)", "(w * e + 0)"),
    ("the slope multiplies the direct part alone. It multiplies e_{t-1} too.", "s * (w * e + direct)",
     "w * e + s * direct"),
    ("the slope is missing: f'(a) multiplies all of it.", "s * (w * e", "(w * e"),
    ("x_t is missing in the direct part: 1 - w changes with w.", "h - x if", "h if"),
    ("the gradient is that of the last error alone. Add up those of all steps.", "g = g + c * e", "g = c * e"),
    ("the errors are multiplied by the traces of the step before.", "        e = s",
     "        g = g + c * e\n        e = s", "        h = new\n        g = g + c * e\n", "        h = new\n"),
    ("the mean over the steps is taken. Their sum is asked for.", "return g,", "return g / len(X),"),
    ("the two are the wrong way round: first the gradient.", "return g, e", "return e, g"),
    ("the errors are missing: that is the sum of the traces.", "g = g + c * e", "g = g + e"),
    ("the errors are multiplied by the states. By the traces they are to be multiplied.", "g = g + c * e",
     "g = g + c * h"),
    ("1 - w is missing at the input.", "(1 - w) * x if", "x if"),
    ("the slope of tanh is 1 - h², not 1 - h.", "new**2", "new"),
)
RHO0, RHO1 = "np.sqrt(norm(v) / norm(Ju))", "np.sqrt(norm(vI) / norm(nu))"
mistake.edits(
    "rank_one",
    ("J is transposed: u becomes J u.", "J @ u", "u @ J"),
    ("ρ₀ and ρ₁ are taken off where they are put on: u is multiplied by them, v divided.",
     "rho0 * Ju + rho1 * nu, v / rho0 + vI / rho1", "Ju / rho0 + nu / rho1, rho0 * v + rho1 * vI"),
    ("v is multiplied by ρ₀ and ρ₁. It is divided, so that u vᵀ has neither.", "v / rho0 + vI / rho1",
     "rho0 * v + rho1 * vI"),
    ("v has neither ρ in it: it is divided by them.", "v / rho0 + vI / rho1", "v + vI"),
    ("the roots are missing: ρ² is the quotient of the norms.", RHO0, "norm(v) / norm(Ju)", RHO1,
     "norm(vI) / norm(nu)"),
    ("ρ₀ is upside down: ‖v‖ is above.", RHO0, "np.sqrt(norm(Ju) / norm(v))"),
    ("ρ₁ is upside down: ‖νᵀI‖ is above.", RHO1, "np.sqrt(norm(nu) / norm(vI))"),
    ("ρ₀ has the norm of u. That of J u is wanted.", RHO0, "np.sqrt(norm(v) / norm(u))"),
    ("ρ₁ has the norm of I. That of νᵀI is wanted.", RHO1, "np.sqrt(norm(I) / norm(nu))"),
    ("ρ₀ and ρ₁ have changed places.", "return rho0 * Ju + rho1 * nu, v / rho0 + vI / rho1",
     "return rho1 * Ju + rho0 * nu, v / rho1 + vI / rho0"),
    ("u lacks the signs ν.", "rho0 * Ju + rho1 * nu", "rho0 * Ju"),
    ("v lacks νᵀI.", "v / rho0 + vI / rho1", "v / rho0"),
    ("v lacks its past.", "v / rho0 + vI / rho1", "vI / rho1"),
    ("u lacks its past.", "rho0 * Ju + rho1 * nu", "rho1 * nu"),
    ("J is missing: u becomes J u.", "J @ u", "u"),
    ("the product u vᵀ is returned. Its two factors are asked for.",
     "return rho0 * Ju + rho1 * nu, v / rho0 + vI / rho1",
     "return np.outer(rho0 * Ju + rho1 * nu, v / rho0 + vI / rho1)"),
    ("the rows of I are added up without their signs.", "nu @ I", "I.sum(axis=0)"),
    ("the two are the wrong way round: first u, then v.", "return rho0 * Ju + rho1 * nu, v / rho0 + vI / rho1",
     "return v / rho0 + vI / rho1, rho0 * Ju + rho1 * nu"),
)
PULLED = "(1 - alpha) * z + alpha * datum"
mistake.edits(
    "forced",
    ("α and 1 - α have changed places: α weighs the data.", PULLED, "alpha * z + (1 - alpha) * datum"),
    ("the factor 1 - α is missing in the slopes.", "(1 - alpha) * slope(r, pulled)", "slope(r, pulled)"),
    ("the slope is taken at z_{t-1}. It is that at the pulled state.", "slope(r, pulled)", "slope(r, z)"),
    ("the slope is taken at the datum. It is that at the pulled state.", "slope(r, pulled)", "slope(r, datum)"),
    ("the slope is taken at the new state. It is that at the pulled one.", "slope(r, pulled)",
     "slope(r, f(r, pulled))"),
    ("it runs free: the state is never pulled.", PULLED, "z"),
    ("the map acts first, and then the state is pulled. It is pulled first.", "z = f(r, pulled)",
     "z = (1 - alpha) * f(r, z) + alpha * datum"),
    ("the pulled states are returned. Those after the map are asked for.", "states.append(z)",
     "states.append(pulled)"),
    ("z_0 is among your states. The first that is asked for is z_1.", "np.array(states)",
     "np.array([z0, *states])"),
    ("the sum of the logarithms. Their mean is asked for.", "np.mean(logs)", "np.sum(logs)"),
    ("the logarithm of the mean. The mean of the logarithms is asked for.", "np.mean(logs)",
     "np.log(np.mean(np.exp(logs)))"),
    ("the logarithms are missing.", "np.log(np.abs((1 - alpha) * slope(r, pulled)))",
     "np.abs((1 - alpha) * slope(r, pulled))"),
    ("the logarithm has base 2 or 10. Here it is natural.", "np.log(", "np.log2("),
    ("the logarithm has base 10 or 2. Here it is natural.", "np.log(", "np.log10("),
    ("the state stays z_0: each step begins with the one before.", "z = f(r, pulled)\n        states.append(z)",
     "states.append(f(r, pulled))"),
    ("the two are the wrong way round: first the states.", "return np.array(states), np.mean(logs)",
     "return np.mean(logs), np.array(states)"),
    ("the sign of the mean logarithm.", "np.mean(logs)", "-np.mean(logs)"),
)
STRONG, SAFE = "1 - np.exp(-np.log(sizes).mean())", "1 - 1 / sizes.max()"
mistake.edits(
    "strengths",
    ("the first is λ₁ itself. α* = 1 - e^(-λ₁) is asked for.", STRONG, "np.log(sizes).mean()"),
    ("the first has the sign of λ₁ wrong: 1 - e^(-λ₁).", STRONG, "1 - np.exp(np.log(sizes).mean())"),
    ("the first has the mean slope in it. λ₁ is the mean of the logarithms.", STRONG, "1 - 1 / sizes.mean()"),
    ("the second has the mean slope in it. The largest is wanted.", SAFE, "1 - 1 / sizes.mean()"),
    ("the second is σ itself. 1 - 1/σ is asked for.", SAFE, "sizes.max()"),
    ("the slopes have lost their sizes: |f'|.", "np.abs(slope(r, d[:-1]))", "slope(r, d[:-1])",
     STRONG, "1 - np.exp(-np.log(np.abs(sizes)).mean())"),
    ("the two strengths have changed places: first α*.", f"return {STRONG}, {SAFE}", f"return {SAFE}, {STRONG}"),
    ("the two rates have changed places: first that at 0.2.", "(0.2, 0.8)", "(0.8, 0.2)"),
    ("the rates are of 8 steps. Divide by 8.", ".mean() / 8", ".mean()"),
    ("the rates lack what they start from: divide by 10⁻³.", " / 1e-3)", ")"),
    ("the distances of the pieces are averaged before the logarithm. Average the rates.",
     "np.log(np.abs(np.array(ends) - d[-1]) / 1e-3).mean()", "np.log(np.abs(np.array(ends) - d[-1]).mean() / 1e-3)"),
    ("the state at the end is compared with another datum. z_8 belongs to d_8, the last of a piece.",
     "np.array(ends) - d[-1]", "np.array(ends) - d[-2]"),
    ("the model starts on the data. It starts 10⁻³ above them.", "p[0] + 1e-3", "p[0] + 1e-12"),
    ("the distance at the start is another: 10⁻³.", "1e-3", "1e-2"),
    ("the rates are those of the slopes, which `forced` has too. Those of the distances are asked for.",
     "ends = [forced(r, p[0] + 1e-3, p[:-1], alpha)[0][-1] for p in d.T]",
     "logs = [forced(r, p[0] + 1e-3, p[:-1], alpha)[1] for p in d.T]",
     "np.log(np.abs(np.array(ends) - d[-1]) / 1e-3).mean() / 8", "np.mean(logs)"),
    ("the last moments have their slopes among yours. Nothing is made from them here.", "slope(r, d[:-1])",
     "slope(r, d)"),
    ("those are rates of one piece. The mean over all of them is asked for.", "/ 1e-3).mean() / 8",
     "/ 1e-3)[0] / 8"),
    ("logarithms are natural here.", "np.log(np.abs(np.array", "np.log10(np.abs(np.array"),
)
# fmt: on


def measured(student: str) -> Measured:
    """What the mark scheme says of a student's map."""
    values = solutions("forwards")["strengths"](student)
    return {"numbers": ", ".join(f"{value:.4g}" for value in np.ravel(values))}
