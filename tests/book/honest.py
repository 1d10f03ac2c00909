"""Students' own ways to solve parts of `bptt`: right, and written apart; two follow the hints, as many will."""

HONEST = {
    "loops": """
def f(a):
    return np.tanh(a)


def slope(a):
    return 1 - np.tanh(a) ** 2


def forward(params, X, alpha):
    T, B, m = X.shape
    n = params["b"].shape[0]
    H = np.zeros((T + 1, B, n))
    for t in range(T):
        for i in range(B):
            a = params["W"] @ H[t, i] + params["U"] @ X[t, i] + params["b"]
            H[t + 1, i] = (1 - alpha) * H[t, i] + alpha * f(a)
    return H


def error(params, H, Y):
    E, dE = 0.0, np.zeros_like(H[1:])
    T, B = Y.shape[:2]
    for t in range(T):
        for i in range(B):
            r = params["V"] @ H[t + 1, i] - Y[t, i]
            E += r @ r / (2 * B)
            dE[t, i] = params["V"].T @ r / B
    return E, dE


def adjoints(params, X, H, dE, alpha):
    T, B, n = dE.shape
    Delta = np.zeros_like(dE)
    Delta[T - 1] = dE[T - 1]
    for t in range(T - 2, -1, -1):
        for i in range(B):
            a = params["W"] @ H[t + 1, i] + params["U"] @ X[t + 1, i] + params["b"]
            J = (1 - alpha) * np.eye(n) + alpha * np.diag(slope(a)) @ params["W"]
            Delta[t, i] = dE[t, i] + J.T @ Delta[t + 1, i]
    return Delta
""",
    "lists": """
f = np.tanh
slope = lambda a: 1.0 / np.cosh(a) ** 2


def forward(params, X, alpha):
    h = np.zeros((X.shape[1], len(params["b"])))
    states = [h]
    for x in X:
        drive = np.dot(h, params["W"].T) + np.dot(x, params["U"].T) + params["b"]
        h = h + alpha * (f(drive) - h)
        states.append(h)
    return np.stack(states)


def error(params, H, Y):
    residuals = np.einsum("oh,tbh->tbo", params["V"], H[1:]) - Y
    scale = 1 / Y.shape[1]
    return scale * np.sum(residuals**2) / 2, scale * np.einsum("tbo,oh->tbh", residuals, params["V"])


def adjoints(params, X, H, dE, alpha):
    back = np.zeros_like(dE[0])
    out = []
    for t in range(len(X), 0, -1):
        delta = dE[t - 1] + back
        out.insert(0, delta)
        drive = np.dot(H[t - 1], params["W"].T) + np.dot(X[t - 1], params["U"].T) + params["b"]
        back = delta - alpha * delta + np.dot(alpha * slope(drive) * delta, params["W"])
    return np.array(out)
""",
    "unpacked": """
def f(a):
    e = np.exp(-2 * a)
    return (1 - e) / (1 + e)


def slope(a):
    value = f(a)
    return (1 + value) * (1 - value)


def preactivation(params, h, x):
    W, U, b = (params[key] for key in ("W", "U", "b"))
    return h @ W.T + x @ U.T + b


def forward(params, X, alpha):
    H = [np.zeros((X.shape[1], params["W"].shape[0]))]
    while len(H) <= len(X):
        new = f(preactivation(params, H[-1], X[len(H) - 1]))
        H += [H[-1] * (1 - alpha) + new * alpha]
    return np.asarray(H)


def error(params, H, Y):
    guess = np.matmul(H[1:], params["V"].T)
    gap = guess - Y
    batch = gap.shape[1]
    total = np.linalg.norm(gap) ** 2 / batch / 2
    return total, np.matmul(gap, params["V"]) / batch


def adjoints(params, X, H, dE, alpha):
    gains = slope(preactivation(params, H[:-1], X))
    Delta = np.array(dE)
    t = len(Delta) - 1
    while t > 0:
        through = (gains[t] * Delta[t]) @ params["W"]
        leak = Delta[t] * (1 - alpha)
        Delta[t - 1] = Delta[t - 1] + leak + through * alpha
        t -= 1
    return Delta
""",
    "recursive": """
def f(a):
    return np.sinh(a) / np.cosh(a)


def slope(a):
    return 1 - np.square(f(a))


def forward(params, X, alpha):
    def states(t):
        if t == 0:
            return [np.zeros((X.shape[1], params["b"].size))]
        before = states(t - 1)
        a = before[-1].dot(params["W"].T) + X[t - 1].dot(params["U"].T) + params["b"]
        return before + [(1.0 - alpha) * before[-1] + f(a) * alpha]

    return np.array(states(X.shape[0]))


def error(params, H, Y):
    V = params["V"]
    out = [h.dot(V.T) - y for h, y in zip(H[1:], Y)]
    B = Y.shape[1]
    return sum((r * r).sum() for r in out) * 0.5 / B, np.array([r.dot(V) for r in out]) / B


def adjoints(params, X, H, dE, alpha):
    def delta(t):
        if t == X.shape[0]:
            return [dE[-1]]
        later = delta(t + 1)
        a = H[t].dot(params["W"].T) + X[t].dot(params["U"].T) + params["b"]
        jacobian = (1.0 - alpha) * later[0] + alpha * (slope(a) * later[0]).dot(params["W"])
        return [dE[t - 1] + jacobian] + later

    return np.array(delta(1))
""",
    "by the hints": """
def f(a):
    return np.tanh(a)


def slope(a):
    return 1 - np.tanh(a) ** 2


def forward(params, X, alpha):
    T, B, m = X.shape
    W = params["W"]
    U = params["U"]
    b = params["b"]
    H = np.zeros((T + 1, B, W.shape[0]))
    for t in range(1, T + 1):
        a = H[t - 1] @ W.T + X[t - 1] @ U.T + b
        H[t] = (1 - alpha) * H[t - 1] + alpha * f(a)
    return H


def error(params, H, Y):
    V = params["V"]
    B = Y.shape[1]
    r = H[1:] @ V.T - Y
    E = np.sum(r**2) / (2 * B)
    dE = r @ V / B
    return E, dE


def adjoints(params, X, H, dE, alpha):
    W = params["W"]
    U = params["U"]
    b = params["b"]
    T = len(X)
    Delta = np.zeros_like(dE)
    Delta[T - 1] = dE[T - 1]
    for t in range(T - 1, 0, -1):
        a = H[t] @ W.T + X[t] @ U.T + b
        Delta[t - 1] = dE[t - 1] + (1 - alpha) * Delta[t] + alpha * (slope(a) * Delta[t]) @ W
    return Delta
""",
    "by the hints too": """
def f(a):
    return np.tanh(a)


def slope(a):
    t = np.tanh(a)
    return 1 - t * t


def forward(params, X, alpha):
    steps, batch, _ = X.shape
    states = np.zeros((steps + 1, batch, len(params["b"])))
    for t in range(steps):
        a = states[t] @ params["W"].T + X[t] @ params["U"].T + params["b"]
        states[t + 1] = (1 - alpha) * states[t] + alpha * f(a)
    return states


def error(params, H, Y):
    residual = H[1:] @ params["V"].T - Y
    n = Y.shape[1]
    return 0.5 * (residual**2).sum() / n, residual @ params["V"] / n


def adjoints(params, X, H, dE, alpha):
    W = params["W"]
    a = H[:-1] @ W.T + X @ params["U"].T + params["b"]
    s = slope(a)
    Delta = dE.copy()
    for t in range(len(X) - 2, -1, -1):
        Delta[t] += (1 - alpha) * Delta[t + 1] + alpha * (s[t + 1] * Delta[t + 1]) @ W
    return Delta
""",
}
