"""What a person reads: text, HTML, and the figure in a notebook."""

import numpy as np
from IPython.core.interactiveshell import InteractiveShell

from minirnn import diagnose
from minirnn.diagnosis.births import Birth
from minirnn.diagnosis.powers import without_e
from minirnn.diagnosis.watcher import Row, Watcher
from minirnn.figures import reports, watches
from minirnn.learning import TrainingLog
from tests.diagnosis.networks import healthy, with_params


def vanishing():
    return diagnose(*with_params(healthy("tanh"), W=lambda W: 0.5 * W))


def displayed(report):
    """What a notebook shows of it, in which `minirnn.figures` has been imported."""
    shell = InteractiveShell.instance()
    reports.register()
    watches.register_watchers()
    data, _ = shell.display_formatter.format(report)
    InteractiveShell.clear_instance()
    return data["text/html"]


def test_the_first_finding_comes_first_with_all_that_belongs_to_it():
    report = vanishing()
    lines = str(report).splitlines()
    assert lines[0].startswith("1. gradient-vanishes (almost certain, 1.00): The gradient vanishes")
    assert [line.split(":")[0].strip() for line in lines[1:5]] == ["Evidence", "First", "See", "Ruled out by"]
    assert without_e(f"{report.far_share:.1g} of the gradient") in lines[1]
    assert any(line.startswith("far share of the gradient") for line in lines)


def test_a_log_is_told():
    log = TrainingLog(np.linspace(2, 1, 30), np.full(30, 2.0), np.full(30, 0.01), clip=1.0)
    text = str(diagnose(*healthy("LSTM"), log=log))
    for part in ("clipped updates            100 %", "updates                    0.01", "in 30 updates"):
        assert part in text


def test_html_unfolds_the_measures_and_escapes():
    page = vanishing()._repr_html_()
    assert page.startswith("<p><strong>The gradient vanishes")
    assert "<details><summary>Measures</summary><pre>" in page
    assert "<script" not in page.replace("&lt;", "")


def test_in_a_notebook_it_is_a_figure_with_its_words():
    page = displayed(vanishing())
    assert "<svg" in page
    assert "The gradient vanishes" in page


def test_the_figure_of_a_network_without_a_gradient_and_of_one_that_overflows():
    for report in (
        diagnose(*with_params(healthy("relu"), b=lambda b: b - 50.0)),
        diagnose(*with_params(healthy("linear", T=80), W=lambda W: 1e5 * W)),
        diagnose(*with_params(healthy("LSTM"), W=lambda W: W * np.nan)),
    ):
        assert "<svg" in displayed(report)


def test_a_watcher_is_its_plot_with_its_rows():
    watcher = Watcher()
    assert "<svg" not in displayed(watcher)
    watcher.rows += [Row(10 * k, 2.0 / k, 1.0, 0.01, 0.5, 0.0) for k in (1, 2)] + [Row(30, *5 * [float("nan")])]
    watcher.births.append((30, Birth("loss")))
    page = displayed(watcher)
    assert "<svg" in page
    for text in (
        "update over",
        "not finite at 30",
        "the loss goes from 2 to nan. At update 30: all states are finite",
    ):
        assert text in page
