"""Diagnosis from the command line: every kind of model, and one clear line for each mistake."""

import subprocess
import sys

import numpy as np
import pytest

from minirnn.diagnosis.causes import CAUSES, SAY_LAG
from minirnn.diagnosis.command import main
from minirnn.learning.observed import TrainingLog

rng = np.random.default_rng(0)
OURS = """
import numpy as np
from minirnn import VanillaRNN
from minirnn.learning import losses
cell = VanillaRNN(m=2, n=8)
rng = np.random.default_rng(0)
params = cell.init(rng) | losses.init_readout(rng, cell, outputs=2)
pair = cell, params
make = lambda: pair
dead = cell, params | {"W": params["W"] * np.nan}
number = 3
"""
THEIRS = """
import torch
class Reader(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn, self.out = torch.nn.GRU(2, 8, batch_first=True), torch.nn.Linear(8, 2)
    def forward(self, x):
        return self.out(self.rnn(x)[0][:, -1])
torch.manual_seed(0)
model = Reader()
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    X, y = rng.standard_normal((30, 12, 2)), np.arange(12) % 2
    np.savez("time_first.npz", X=X, y=y)
    np.savez("batch_first.npz", X=X.swapaxes(0, 1), y=y)
    np.savez("values.npz", X=X, y=rng.standard_normal((12, 2)))
    (tmp_path / "ours.py").write_text(OURS)
    (tmp_path / "theirs.py").write_text(THEIRS)
    (tmp_path / "broken.py").write_text("1 / 0")
    return tmp_path


@pytest.mark.parametrize("name", ["pair", "make"])
@pytest.mark.parametrize("batch", ["time_first", "values"])
def test_our_cells(folder, capsys, name, batch):
    assert main([f"ours.py:{name}", "--batch", f"{batch}.npz"]) in (0, 1)
    assert "Evidence:" in capsys.readouterr().out


def test_a_finding_is_the_exit_code(folder):
    command = [sys.executable, "-m", "minirnn.diagnosis", "ours.py:dead", "--batch", "time_first.npz"]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 1, run.stderr
    assert "weights-not-finite" in run.stdout


def test_the_advice_can_be_followed_on_the_command_line(folder, capsys):
    """A gradient that vanishes is no fault where the task needs no distant inputs; a log shows the clip."""
    (folder / "far.py").write_text(OURS + "far = cell, params | {'W': 0.3 * params['W']}")
    log = TrainingLog(np.linspace(1.0, 0.9, 20), np.full(20, 50.0), np.full(20, 1e-6), clip=1e-3)
    log.save("log.npz")
    command = ["far.py:far", "--batch", "time_first.npz"]
    assert main(command) == 1
    told = capsys.readouterr().out
    assert "gradient-vanishes" in told
    assert "by --lag N" in told
    assert "lag=" not in told
    assert main([*command, "--lag", "0"]) == 0
    assert main([*command, "--lag", "0", "--log", "log.npz"]) == 1
    assert "clip-too-low" in capsys.readouterr().out
    for options in (["--lag", "-1"], ["--log", "time_first.npz"], ["--log", "none.npz"], ["--log", "ours.py"]):
        assert main([*command, *options]) == 2
        assert capsys.readouterr().err.count("\n") == 1


def test_every_text_names_the_option_in_one_way():
    texts = [text for cause in CAUSES.values() for text in (cause.remedy, cause.ruled_out_by)]
    assert all("lag=" not in text.replace(SAY_LAG, "") for text in texts)


@pytest.mark.parametrize("name", ["model", "Reader"])
def test_models_of_pytorch(folder, capsys, name):
    pytest.importorskip("torch")
    assert main([f"theirs.py:{name}", "--batch", "batch_first.npz"]) in (0, 1)
    assert "gradient, lag 0 being 1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("place", "batch", "message"),
    [
        ("ours.py", "time_first.npz", "FILE.py:NAME"),
        ("none.py:pair", "time_first.npz", "there is no file none.py"),
        ("broken.py:pair", "time_first.npz", "broken.py fails: ZeroDivisionError"),
        ("ours.py:nothing", "time_first.npz", "ours.py has no nothing; it has"),
        ("ours.py:number", "time_first.npz", "must be a torch.nn.Module or a pair"),
        ("ours.py:pair", "none.npz", "none.npz"),
        ("ours.py:pair", "ours.py", "must be an .npz with arrays of numbers"),
        ("ours.py:pair", "single.npy", "got a single array"),
        ("ours.py:pair", "half.npz", "y is missing"),
        ("ours.py:pair", "pickled.npz", "must be an .npz with arrays of numbers"),
        ("ours.py:pair", "batch_first.npz", "X must be (T, B, m), time first"),
    ],
)
def test_one_clear_line_for_each_mistake(folder, capsys, place, batch, message):
    np.save("single.npy", np.ones(3))
    np.savez("half.npz", X=np.ones((30, 12, 2)))
    np.savez("pickled.npz", X=np.array([{}], object), y=np.ones(2))
    assert main([place, "--batch", batch]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("program", "change", "message"),
    [
        ("", {"X": np.ones((12, 30, 5))}, "the model fails on X (12, 30, 5): RuntimeError"),
        ("", {"y": np.arange(12) % 2 + 5}, "y must be class numbers from 0 to 1"),
        ("", {"y": np.zeros((12, 30), int)}, "one row for each of the (12, 30) of y, got (12, 2)"),
        ("model = torch.optim.SGD(model.parameters(), lr=0.1)", {}, "must be a torch.nn.Module"),
        ("raise SystemExit(3)", {}, "must run to its end without arguments, but it exits (3)"),
    ],
)
def test_what_a_program_of_pytorch_does_wrong(folder, capsys, program, change, message):
    pytest.importorskip("torch")
    (folder / "other.py").write_text(THEIRS + program)
    with np.load("batch_first.npz") as good:
        np.savez("batch.npz", **{**good, **change})
    assert main(["other.py:model", "--batch", "batch.npz"]) == 2
    assert message in capsys.readouterr().err


def test_a_program_sees_none_of_our_arguments(folder, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["diagnosis", "parses.py:pair", "--batch", "time_first.npz"])
    (folder / "parses.py").write_text("import argparse\nargparse.ArgumentParser().parse_args()\n" + OURS)
    assert main(sys.argv[1:]) in (0, 1)
    assert sys.argv[0] == "diagnosis"
