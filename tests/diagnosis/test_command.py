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
one_score = cell, cell.init(rng) | losses.init_readout(rng, cell, outputs=1)
def boom():
    raise RuntimeError("no weights file")
def leaves():
    raise SystemExit(3)
def needs(width, depth=1):
    return pair
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
        ("ours.py:pair", "none.npz", "there is no file none.npz; write it by numpy.savez('none.npz', X=X, y=y)"),
        ("ours.py:pair", ".", ". cannot be read: "),
        ("ours.py:pair", "ours.py", "must be an .npz with arrays of numbers"),
        ("ours.py:pair", "single.npy", "got a single array"),
        ("ours.py:pair", "half.npz", "must hold X and y, but y is missing; it holds X"),
        ("ours.py:pair", "neither.npz", "must hold X and y, but both are missing; it holds a, b"),
        ("ours.py:pair", "pickled.npz", "X holds objects of Python, of which numbers must be made first"),
        ("ours.py:pair", "junk.npz", "but it is no such file; write it by numpy.savez('junk.npz', X=X, y=y)"),
        (
            "ours.py:pair",
            "words.npz",
            "y holds strings, such as cat: make class numbers, from 0 on, or values of it",
        ),
        ("ours.py:pair", "empty.npz", "must hold one sequence or more, got X (30, 0, 2) and y (0,)"),
        ("ours.py:pair", "one_hot.npz", "y must hold class numbers (12,) for cross-entropy, got (12, 2)"),
        ("ours.py:one_score", "time_first.npz", "V has one row"),
        ("ours.py:boom", "time_first.npz", "boom of ours.py fails: RuntimeError: no weights file"),
        ("ours.py:leaves", "time_first.npz", "leaves of ours.py must return the model, but it exits (3)"),
        ("ours.py:needs", "time_first.npz", "write model = needs(width=…) in the file, and give ours.py:model"),
        ("ours.py:pair", "batch_first.npz", "X must be (T, B, m), time first"),
    ],
)
def test_one_clear_line_for_each_mistake(folder, capsys, place, batch, message):
    np.save("single.npy", np.ones(3))
    np.savez("half.npz", X=np.ones((30, 12, 2)))
    np.savez("neither.npz", a=np.ones(3), b=np.ones(2))
    np.savez("pickled.npz", X=np.array([{}], object), y=np.ones(2))
    np.savez("words.npz", X=np.ones((30, 12, 2)), y=np.array(["cat", "dog"] * 6))
    np.savez("empty.npz", X=np.ones((30, 0, 2)), y=np.ones(0, int))
    np.savez("one_hot.npz", X=np.ones((30, 12, 2)), y=np.eye(2, dtype=int)[np.arange(12) % 2])
    (folder / "junk.npz").write_bytes(b"this is no archive")
    assert main([place, "--batch", batch]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert "pickle" not in error.replace("pickled.npz", "")
    assert error.count("\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("program", "change", "message"),
    [
        ("", {"X": np.ones((12, 30, 5))}, "the model fails on X (12, 30, 5): RuntimeError"),
        ("", {"y": np.arange(12) % 2 + 5}, "y must be class numbers from 0 to 1"),
        (
            "",
            {"y": np.zeros((12, 30), int)},
            "(…, classes) of the model, (12,) for its answer (12, 2), got (12, 30)",
        ),
        (
            "",
            {"y": np.eye(2, dtype=int)[np.arange(12) % 2]},
            "y must hold class numbers (12,), got (12, 2), one entry",
        ),
        (
            "model.out = torch.nn.Linear(8, 1)",
            {},
            "one score for each answer, and y holds 0 and 1, choose --loss binary",
        ),
        (
            "model.out = torch.nn.Sequential(torch.nn.Linear(8, 1), torch.nn.Flatten(0))",
            {},
            "(…, classes), got (12,)",
        ),
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


SCORE = THEIRS + "model.out = torch.nn.Linear(8, 1)"
FLAT = THEIRS + "model.out = torch.nn.Sequential(torch.nn.Linear(8, 1), torch.nn.Flatten(0))"


@pytest.mark.parametrize("program", [SCORE, FLAT])
def test_one_score_an_answer(folder, capsys, program):
    pytest.importorskip("torch")
    (folder / "score.py").write_text(program)
    command = ["score.py:model", "--batch", "batch_first.npz", "--loss", "binary-cross-entropy"]
    assert main(command) in (0, 1)
    assert "Evidence:" in capsys.readouterr().out


def test_what_the_binary_loss_does_not_take(folder, capsys):
    assert main(["ours.py:pair", "--batch", "time_first.npz", "--loss", "binary-cross-entropy"]) == 2
    assert "is for a torch.nn.Module; for (cell, params) choose cross-entropy" in capsys.readouterr().err
    pytest.importorskip("torch")
    (folder / "score.py").write_text(SCORE)
    with np.load("batch_first.npz") as good:
        np.savez("twos.npz", X=good["X"], y=2 * good["y"])
    assert main(["score.py:model", "--batch", "twos.npz", "--loss", "binary-cross-entropy"]) == 2
    assert "y must be 0 or 1 for --loss binary-cross-entropy, got numbers from 0 to 2" in capsys.readouterr().err
    assert main(["theirs.py:model", "--batch", "batch_first.npz", "--loss", "binary-cross-entropy"]) == 2
    assert "one score for each of y (12,) for --loss binary-cross-entropy, got (12, 2)" in capsys.readouterr().err


def test_values_are_no_class_numbers(folder, capsys):
    pytest.importorskip("torch")
    with np.load("batch_first.npz") as good:
        np.savez("halves.npz", X=good["X"], y=0.5 * good["y"])
    assert main(["theirs.py:model", "--batch", "halves.npz", "--loss", "cross-entropy"]) == 2
    assert "y must be class numbers for cross-entropy, got values between them" in capsys.readouterr().err


@pytest.mark.parametrize(("place", "batch"), [("ours.py:pair", "time_first"), ("theirs.py:model", "batch_first")])
def test_a_target_for_each_step_must_be_there(folder, capsys, place, batch):
    if place.startswith("theirs"):
        pytest.importorskip("torch")
    assert main([place, "--batch", f"{batch}.npz", "--every-step"]) == 2
    error = capsys.readouterr().err
    assert "y" in error
    assert "(12,)" in error
    assert error.count("\n") == 1


def test_targets_for_each_step_of_a_model_of_pytorch(folder):
    pytest.importorskip("torch")
    (folder / "steps.py").write_text(THEIRS.replace("[:, -1]", ""))
    with np.load("batch_first.npz") as good:
        np.savez("steps.npz", X=good["X"], y=np.tile(good["y"][:, None], 30))
    assert main(["steps.py:model", "--batch", "steps.npz", "--every-step"]) in (0, 1)


def test_a_cell_that_fails_has_not_the_exit_code_of_a_finding(folder, capsys):
    text = "class Broken(VanillaRNN):\n    def step(self, *given):\n        raise KeyError('gone')\n"
    (folder / "fails.py").write_text(OURS + text + "broken = Broken(m=2, n=8), params")
    assert main(["fails.py:broken", "--batch", "time_first.npz"]) == 2
    assert "KeyError: 'gone'" in capsys.readouterr().err


def test_a_lag_beyond_the_sequences_is_told(folder, capsys):
    assert main(["ours.py:pair", "--batch", "time_first.npz", "--lag", "500"]) == 2
    assert "lag must be at most 30, the number of steps that VanillaRNN read, got 500" in capsys.readouterr().err
    assert main(["ours.py:pair", "--batch", "time_first.npz", "--lag", "30"]) in (0, 1)
    assert main(["ours.py:pair", "--batch", "time_first.npz", "--log", "none.npz"]) == 2
    assert "there is no file none.npz; log().save('none.npz') of a watcher writes it" in capsys.readouterr().err


def test_a_program_sees_none_of_our_arguments(folder, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["diagnosis", "parses.py:pair", "--batch", "time_first.npz"])
    (folder / "parses.py").write_text("import argparse\nargparse.ArgumentParser().parse_args()\n" + OURS)
    assert main(sys.argv[1:]) in (0, 1)
    assert sys.argv[0] == "diagnosis"
