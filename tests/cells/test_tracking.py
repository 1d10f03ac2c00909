"""Signed and turning multipliers against their definitions; weights by hand that count without an error."""

import numpy as np

from minirnn import RotationRNN, SignedMinGRU, unroll
from tests.cells.test_gated import setting


def test_signed_mingru_step_gate_by_gate():
    cell = SignedMinGRU(2, 3)
    params, X, h = setting(cell)
    a = X[0] @ params["U"].T + params["b"]
    z, s = 1 / (1 + np.exp(-a[:, :3])), a[:, 3:]
    np.testing.assert_allclose(unroll(cell, params, X, h)[1], (1 - 2 * z) * h + z * s, atol=1e-15)
    opened = cell.openness(params, a, h)
    np.testing.assert_allclose(opened["forget"], np.abs(1 - 2 * z), atol=1e-15)
    np.testing.assert_allclose(opened["input"], z, atol=1e-15)


def test_rotation_step_by_complex_numbers():
    cell = RotationRNN(2, 3)
    params, X, h = setting(cell)
    a = X[0] @ params["U"].T + params["b"]
    right = np.exp(1j * a[:, :3]) * (h[:, ::2] + 1j * h[:, 1::2]) + a[:, 3::2] + 1j * a[:, 4::2]
    H = unroll(cell, params, X, h)[1]
    np.testing.assert_allclose(H[:, ::2] + 1j * H[:, 1::2], right, atol=1e-14)


def test_one_signed_unit_is_the_parity_of_a_hundred_thousand_inputs():
    """h <- (1 - 2x) h + x: z is 0 or 1 to the last bit where its pre-activation is ±800."""
    x = np.random.default_rng(1).integers(0, 2, 100_000)
    params = {"U": np.array([[1600.0], [0.0]]), "b": np.array([-800.0, 1.0])}
    H = unroll(SignedMinGRU(1, 1), params, x[:, None, None].astype(float))
    assert (H[1:, 0, 0] == x.cumsum() % 2).all()


def test_one_turning_unit_counts_a_hundred_thousand_inputs_modulo_three():
    x = np.random.default_rng(2).integers(0, 3, 100_000)
    params = {"U": np.array([[2 * np.pi / 3], [0.0], [0.0]]), "b": np.zeros(3)}
    H = unroll(RotationRNN(1, 1), params, x[:, None, None].astype(float), np.array([[1.0, 0.0]]))[1:, 0]
    corners = np.exp(2j * np.pi / 3 * (x.cumsum() % 3))
    assert np.abs(H[:, 0] + 1j * H[:, 1] - corners).max() < 1e-9
