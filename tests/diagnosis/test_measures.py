"""Networks broken on purpose, one for each cause, and a healthy one: the report names the cause."""

import html
import tracemalloc

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

from minirnn import GRU, LRU, LSTM, IndRNN, LinearRNN, MinGRU, VanillaRNN, backward, temporal_terms, unroll
from minirnn.core.params import norm
from minirnn.diagnosis.measures import diagnose, saturation, weight_sensitivity
from minirnn.figures import reports
from minirnn.learning import losses
from tests.helpers import refused

T, B = 80, 6


def given(cell, scale=1.0, bias=0.0, seed=0, inputs=1.0):
    """A cell with its weights scaled, inputs, and a loss at the end."""
    rng = np.random.default_rng(seed)
    params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
    for key in ("W", "w"):
        if key in params:
            params[key] = scale * params[key]
    params["b"] = params["b"] + bias if "b" in params else None
    params = {key: p for key, p in params.items() if p is not None}
    X = inputs * rng.standard_normal((T, B, cell.m))
    return cell, params, X, losses.at_end(losses.squared_error, np.ones((B, 1)))


def pages(report):
    return [finding.page for finding in report.findings]


def test_healthy():
    report = diagnose(*given(VanillaRNN(m=2, n=16), inputs=0.1))
    assert pages(report) == ["field-guide"]
    assert abs(report.exponent) < 0.1
    assert 0.05 < report.far_share < 0.9
    assert report.by_lag[0] == 1


@pytest.mark.parametrize("make", [VanillaRNN, LinearRNN])
def test_vanishing(make):
    report = diagnose(*given(make(m=2, n=16), scale=0.5))
    assert "vanishes" in report.findings[-1].cause
    assert pages(report) == ["vanishing"]
    assert report.exponent < -0.5


def test_the_forget_bias_is_what_an_lstm_lacks():
    cell, params, X, loss = given(LSTM(m=2, n=8), inputs=0.3)
    params["b"] = np.zeros_like(params["b"])
    assert pages(diagnose(cell, params, X, loss)) == ["vanishing"]
    params["b"][8:16] = np.log(T)
    assert pages(diagnose(cell, params, X, loss)) == ["field-guide"]


def test_chaotic():
    rng = np.random.default_rng(1)
    cell, params, X, loss = given(VanillaRNN(m=2, n=60), inputs=0.1)
    params["W"] = 3 / np.sqrt(60) * rng.standard_normal((60, 60))
    report = diagnose(cell, params, X, loss)
    assert report.findings[0].page == "chaos"
    assert report.exponent > 0.1


def test_exploding():
    report = diagnose(*given(LinearRNN(m=2, n=16), scale=1.3))
    assert report.findings[0].page == "exploding"
    assert report.findings[0].cause.startswith("The gradient explodes")


def test_states_that_overflow_are_told_with_their_step():
    report = diagnose(*given(LinearRNN(m=2, n=16), scale=1e5))
    assert report.state_overflow is not None
    assert 55 < report.state_overflow < 70  # 1e5 to the power of 61.6 is the largest number
    assert f"step {report.state_overflow}" in str(report)
    assert report.findings[0].page == "exploding"


def test_a_gradient_that_overflows_while_states_do_not():
    cell, params, X, loss = given(IndRNN(m=2, n=4, activation="tanh"), inputs=0.0)
    params["w"] = np.full(4, 1e6)
    report = diagnose(cell, params, X, loss)
    assert report.state_overflow is None
    assert report.gradient_overflow is not None
    assert 48 < report.gradient_overflow < 55
    assert "finite" in str(report)


def test_saturated():
    report = diagnose(*given(VanillaRNN(m=2, n=16), bias=5.0))
    assert "saturated" in report.findings[0].cause
    assert report.saturated > 0.9


def test_units_are_saturated_where_their_slope_is_small_or_their_gates_leave_them_near_their_bound():
    h = np.array([0.0, 0.97, 0.974, 0.975, -0.98, 0.999])
    assert VanillaRNN(1, 6).saturated(h).tolist() == [False, False, False, True, True, True]  # 1 - h² < 1/20
    assert LSTM(1, 3).saturated(h).tolist() == [False, False, True]  # of [h, c] the h
    assert GRU(1, 6).saturated(h).tolist() == [False, False, True, True, True, True]
    low = np.array([0.5, 0.02, 0.012, 0.99])
    assert IndRNN(1, 4, activation="sigmoid").saturated(low).tolist() == [False, False, True, True]
    for cell in (LinearRNN(1, 6), VanillaRNN(1, 6, activation="relu"), MinGRU(1, 6), LRU(1, 3)):
        found = cell.saturated(1e9 * h)
        assert found.shape == h.shape
        assert not found.any()


def test_a_cell_that_does_not_say_which_units_are_saturated_has_none():
    class Silent(VanillaRNN):
        saturated = property()  # type: ignore[assignment]  # to have it raises AttributeError

    assert saturation(Silent(1, 2), np.ones((3, 1, 2))) == 0
    assert saturation(VanillaRNN(1, 2), np.ones((3, 1, 2))) == 1


def test_too_much_clipping():
    few = diagnose(*given(VanillaRNN(m=2, n=16), inputs=0.1), norms=[0.5, 2.0, 0.7, 0.9], clip=1.0)
    many = diagnose(*given(VanillaRNN(m=2, n=16), inputs=0.1), norms=[5.0] * 20, clip=1.0)
    assert few.clip_rate == 0.25
    assert "clipped" not in few.findings[0].cause
    assert "100 % of the updates are clipped" in many.findings[0].cause


def test_sensitive():
    cell, params, X, loss = given(LRU(m=2, n=8))
    params["nu_log"] = np.full(8, np.log(1e-7))
    params["theta_log"] = np.full(8, np.log(3.0))
    report = diagnose(cell, params, X, loss)
    assert pages(report) == ["elementwise"]
    assert report.by_lag.max() < 1.01
    params["nu_log"] = np.full(8, np.log(0.1))
    assert pages(diagnose(cell, params, X, loss)) == ["field-guide"]


def test_float32_and_other_cells():
    for make in (GRU, LSTM, LRU):
        cell, params, X, loss = given(make(m=2, n=5))
        report = diagnose(cell, params, X, loss)
        assert np.isfinite(report.loss)
        assert report.findings


def test_an_error_in_the_middle_is_where_lag_0_is():
    cell, params, X, _ = given(VanillaRNN(m=2, n=16), scale=0.5)

    def early(params, H):
        dE = np.zeros_like(H)
        dE[39] = H[39]
        return float((H[39] ** 2).sum() / 2), dE, {}

    assert len(diagnose(cell, params, X, early).by_lag) == 40


def shown(report):
    """What a notebook shows of it, in which `minirnn.figures` has been imported."""
    shell = InteractiveShell.instance()
    reports.register()
    data, _ = shell.display_formatter.format(report)
    InteractiveShell.clear_instance()
    return data["text/html"]


def test_without_its_figure_a_report_is_its_text():
    report = diagnose(*given(VanillaRNN(m=2, n=16), scale=0.5))
    assert report._repr_html_() == f"<pre>{html.escape(str(report))}</pre>"


def test_in_a_notebook_it_is_a_figure_with_its_words():
    report = diagnose(*given(VanillaRNN(m=2, n=16), scale=0.5))
    page = shown(report)
    assert "<svg" in page
    assert "The gradient vanishes" in page


def test_bad_input():
    cell, params, X, loss = given(VanillaRNN(m=2, n=4))
    with refused(ValueError, "norms and clip must be given together"):
        diagnose(cell, params, X, loss, clip=1.0)
    with refused(ValueError, "T of X"):
        diagnose(cell, params, X[:2], loss)


def test_measures_of_what_is_not_finite_are_not_numbers():
    cell, rng = VanillaRNN(m=1, n=4), np.random.default_rng(0)
    params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
    loss = losses.at_end(losses.squared_error, np.ones((2, 1)))
    norms = [np.nan, np.nan, 3.0, np.inf, 0.5]
    report = diagnose(cell, params, rng.standard_normal((8, 2, 1)), loss, norms, clip=1.0)
    assert report.clip_rate == pytest.approx(2 / 3)
    assert np.isnan(diagnose(cell, params, np.ones((8, 2, 1)), loss, [np.nan], clip=1.0).clip_rate)
    params["b"][0] = np.nan
    assert np.isnan(diagnose(cell, params, np.ones((8, 2, 1)), loss).saturated)


@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_sensitivity_does_not_depend_on_the_size_of_the_states(size):
    cell = LinearRNN(1, 1)
    params = {"W": np.full((1, 1), 0.5), "U": np.ones((1, 1)), "b": np.zeros(1)}
    values = []
    for scale in (1.0, size):
        X = np.full((8, 2, 1), scale)
        values.append(weight_sensitivity(cell, params, X, unroll(cell, params, X)[-1]))
    assert values[1] == pytest.approx(values[0])


def test_the_measures_by_lag_are_those_of_the_temporal_terms():
    cell, params, X, loss = given(LSTM(m=2, n=5), inputs=0.3)
    H = unroll(cell, params, X)
    _, dE, _ = loss(params, H[1:])
    sizes = np.array([np.linalg.norm(d) for d in backward(cell, params, X, H, dE)[::-1]])
    terms = temporal_terms(cell, params, X, H, dE)
    each = np.array([norm({key: term[t] for key, term in terms.items()}) for t in range(T)])
    report = diagnose(cell, params, X, loss)
    np.testing.assert_allclose(report.by_lag, sizes / sizes[0], rtol=1e-12)
    assert report.far_share == pytest.approx(each[: T // 2].sum() / each.sum(), rel=1e-12)


def test_memory_does_not_grow_with_steps_times_parameters():
    rng, cell = np.random.default_rng(0), VanillaRNN(m=2, n=100)
    params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
    X, loss = rng.standard_normal((400, 2, 2)), losses.at_end(losses.squared_error, np.ones((2, 1)))
    tracemalloc.start()
    diagnose(cell, params, X, loss)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 0.3 * len(X) * params["W"].nbytes


@pytest.mark.parametrize("norms", [[1j], np.array(1.0), np.ones((2, 2)), [], ["a"]])
def test_norms_that_are_no_list_of_numbers(norms):
    rng, cell = np.random.default_rng(0), VanillaRNN(m=1, n=2)
    params = cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
    loss = losses.at_end(losses.squared_error, np.ones((2, 1)))
    with refused((TypeError, ValueError), "norms must be"):
        diagnose(cell, params, np.ones((6, 2, 1)), loss, norms=norms, clip=1.0)
