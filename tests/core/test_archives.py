"""Arrays on disk come back to the last bit; a file of anybody's is read or refused, and runs nothing."""

import io
import json
import os
import pickle
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minirnn.core.archives import HEADER, load_params, read_archive, save_params, write_archive
from tests.helpers import refused

WEIGHTS = {
    "rnn.weight_hh_l0": np.arange(6.0).reshape(2, 3),
    "0/W": np.array([[np.nan, -np.inf], [-0.0, 5e-324]]),
    "b": np.float32([[0.1], [2.0]]),
    "scale": np.array(2.0),
    "columns": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "every second": np.arange(6.0)[::2],
}


def same(a, b):
    """Keys in their order, types, shapes and bits."""
    return list(a) == list(b) and all(
        a[key].dtype == b[key].dtype and a[key].shape == b[key].shape and a[key].tobytes() == b[key].tobytes()
        for key in a
    )


@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
def test_weights_come_back_to_the_last_bit(tmp_path, suffix):
    if suffix == ".safetensors":
        pytest.importorskip("safetensors")
    path = tmp_path / "a" / f"weights{suffix}"
    save_params(WEIGHTS, path)
    back = load_params(path)
    if suffix == ".safetensors":  # which has an order of its own
        back = {key: back[key] for key in WEIGHTS}
    assert same(back, WEIGHTS)
    assert os.listdir(path.parent) == [path.name]
    for value in back.values():
        value += 1.0  # it can be trained on


def test_numpy_reads_what_is_written_and_what_numpy_writes_is_read(tmp_path):
    save_params(WEIGHTS, tmp_path / "ours.npz")
    with np.load(tmp_path / "ours.npz", allow_pickle=False) as file:
        assert same(dict(file), WEIGHTS)
    np.savez(tmp_path / "theirs.npz", **WEIGHTS)
    assert same(load_params(tmp_path / "theirs.npz"), WEIGHTS)


def test_pytorch_reads_the_safetensors(tmp_path):
    torch = pytest.importorskip("torch")
    safetensors = pytest.importorskip("safetensors.torch")
    save_params({key: WEIGHTS[key] for key in ("b", "columns")}, tmp_path / "w.safetensors")
    theirs = safetensors.load_file(tmp_path / "w.safetensors")
    assert (theirs["columns"].numpy() == WEIGHTS["columns"]).all()
    safetensors.save_file({"x": torch.ones(2, dtype=torch.float64)}, tmp_path / "x.safetensors")
    assert load_params(tmp_path / "x.safetensors")["x"].tolist() == [1.0, 1.0]
    safetensors.save_file({"x": torch.ones(2, dtype=torch.float16)}, tmp_path / "x.safetensors")
    with refused(ValueError, "path must hold float32 or float64 arrays", "'x' of float16"):
        load_params(tmp_path / "x.safetensors")


@given(st.lists(st.integers(0, 3), max_size=3), st.sampled_from("biufc"), st.sampled_from("CF"))
def test_any_array_of_numbers(shape, kind, order):
    dtype = next(d for d in (np.bool_, np.int8, np.uint64, np.float16, np.complex64) if np.dtype(d).kind == kind)
    array = np.asarray(np.random.default_rng(0).integers(0, 5, shape), dtype, order=order)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive, archive.open("x.npy", "w") as member:
        np.lib.format.write_array(member, array)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.npz"
        path.write_bytes(file.getvalue())
        assert same(read_archive("path", path)[0], {"x": array})


# ---------------------------------------------------------------- names and endings


@pytest.mark.parametrize("key", ["..", "a/../b", "/etc/passwd", "a\\b", "", "a\0b", 3])
def test_names_that_lead_out_of_a_folder(tmp_path, key):
    with refused(ValueError, "params must have names such as", repr(key)):
        save_params({key: np.ones(2)}, tmp_path / "w.npz")
    assert not list(tmp_path.iterdir())
    if isinstance(key, str) and key not in ("", "a\0b"):
        with zipfile.ZipFile(tmp_path / "w.npz", "w") as archive:
            archive.writestr(f"{key}.npy" if key != ".." else "../x.npy", npy(np.ones(2)))
        with refused(ValueError, "path must be a file .npz", "its members must have names such as"):
            load_params(tmp_path / "w.npz")


@pytest.mark.parametrize("name", ["w", "w.pt", "w.pickle", "w.npy"])
def test_endings(tmp_path, name):
    for f in (lambda path: save_params(WEIGHTS, path), load_params):
        with refused(ValueError, "path must end in .npz or .safetensors", name):
            f(tmp_path / name)


def test_files_that_are_not_there(tmp_path):
    for suffix in (".npz", ".safetensors"):
        if suffix == ".safetensors":
            pytest.importorskip("safetensors")
        with pytest.raises(FileNotFoundError):
            load_params(tmp_path / f"w{suffix}")


# ---------------------------------------------------------------- files of somebody else's


def npy(array):
    file = io.BytesIO()
    np.lib.format.write_array(file, array, allow_pickle=True)
    return file.getvalue()


def declared(shape, descr="<f8", version=(1, 0), data=b""):
    """A .npy that says what it likes of itself."""
    text = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape!r}}}"
    return raw(text, version) + data


def raw(text, version=(1, 0)):
    size = struct.pack("<H" if version == (1, 0) else "<I", len(text))
    return b"\x93NUMPY" + bytes(version) + size + text.encode()


def archive(*members, compression=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as made:
        for name, content in members:
            made.writestr(name, content)
    return file.getvalue()


def with_size(data, size):
    """The same zip, which declares another size for its first member, in both places."""
    old = struct.pack("<I", len(npy(np.ones(2))))
    assert data.count(old) >= 2
    return data.replace(old, struct.pack("<I", size))


def overlapping(depth=20):
    """Members that lie within each other: all of them declare together more than the file has."""
    inner, places = b"", []
    for name in (f"{i}.npy".encode() for i in range(depth)):
        content = npy(np.frombuffer(inner, np.uint8) if inner else np.zeros(5000, np.uint8))
        sizes = struct.pack("<III", zlib.crc32(content), len(content), len(content))
        inner = b"PK\x03\x04\x14\0" + bytes(8) + sizes + struct.pack("<HH", len(name), 0) + name + content
        places.append((name, sizes, len(inner)))
    entries = b"".join(
        b"PK\x01\x02\x14\0\x14\0" + bytes(8) + sizes
        + struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, len(inner) - at) + name
        for name, sizes, at in places
    )  # fmt: skip
    return (
        inner + entries + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, depth, depth, len(entries), len(inner), 0)
    )


class Evil:
    def __reduce__(self):
        return os.system, ("touch executed",)


GOOD = archive(("a.npy", npy(np.ones(2))))
HOSTILE = {
    "empty": b"",
    "text": b"not a zip",
    "pickle": pickle.dumps({"a": 1}),
    "pickle that runs": pickle.dumps(Evil()),
    "half": GOOD[: len(GOOD) // 2],
    "without its end": GOOD[:-10],
    "without its beginning": GOOD[20:],
    "flipped bit": GOOD.replace(npy(np.ones(2))[-16:], npy(np.array([1.0, 1.0000001]))[-16:]),
    "objects": archive(("a.npy", npy(np.array([Evil()], object)))),
    "strings": archive(("a.npy", npy(np.array(["a"])))),
    "records": archive(("a.npy", npy(np.zeros(2, [("x", float)])))),
    "dates": archive(("a.npy", npy(np.zeros(2, "M8[s]")))),
    "huge": archive(("a.npy", declared((2**40,)))),
    "huge, with data": archive(("a.npy", declared((2**40,), data=b"12345678"))),
    "product that wraps around": archive(("a.npy", declared((2**62, 4)))),
    "negative": archive(("a.npy", declared((-1, -2), data=b"0" * 16))),
    "too short": archive(("a.npy", declared((3,), data=b"0" * 16))),
    "too long": archive(("a.npy", declared((1,), data=b"0" * 16))),
    "shape of no numbers": archive(("a.npy", declared(("x",), data=b"0" * 16))),
    "shape that calls": archive(("a.npy", raw("{'descr': '<f8', 'shape': (exit(),), 'fortran_order': False}\n"))),
    "long header": archive(("a.npy", declared((1,) * 20_000, version=(2, 0), data=b"0" * 8))),
    "deep header": archive(("a.npy", raw("(" * 9000))),
    "version 3": archive(("a.npy", declared((2,), version=(3, 0), data=b"0" * 16))),
    "version 9": archive(("a.npy", declared((2,), version=(9, 9), data=b"0" * 16))),
    "sub-array": archive(("a.npy", declared((1,), descr="(2,)<f8", data=b"0" * 16))),
    "bomb": archive(("a.npy", npy(np.zeros(10**6))), compression=zipfile.ZIP_DEFLATED),
    "declares much": with_size(GOOD, 2**31),
    "overlapping": overlapping(),
    "locked": GOOD.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"),
    "two of a name": archive(("a.npy", npy(np.ones(2))), ("b.npy", npy(np.ones(2)))).replace(b"b.npy", b"a.npy"),
    "other member": archive(("a.npy", npy(np.ones(2))), ("run.py", b"exit()")),
    "folder": archive(("a/", b"")),
    "header of no JSON": archive((HEADER, b"{")),
    "deep JSON": archive((HEADER, b"[" * 10**6)),
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.filterwarnings("ignore::UserWarning:zipfile", "ignore:Reading .npy. or .npz. file:UserWarning")
def test_files_of_somebody_elses(tmp_path, monkeypatch, kind):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "w.npz").write_bytes(HOSTILE[kind])
    with refused(ValueError, "path must be a file .npz, got", "w.npz, which is not one: "):
        load_params(tmp_path / "w.npz")
    assert os.listdir(tmp_path) == ["w.npz"]


def test_the_files_above_are_wrong_by_one_thing_each(tmp_path):
    (tmp_path / "w.npz").write_bytes(GOOD)
    assert load_params(tmp_path / "w.npz")["a"].tolist() == [1.0, 1.0]
    (tmp_path / "w.npz").write_bytes(archive(("a.npy", declared((2, 1), data=b"\0" * 16))))
    assert load_params(tmp_path / "w.npz")["a"].tolist() == [[0.0], [0.0]]
    (tmp_path / "w.npz").write_bytes(overlapping(1))
    assert read_archive("path", tmp_path / "w.npz")[0]["0"].shape == (5000,)
    (tmp_path / "w.npz").write_bytes(overlapping())
    with refused(ValueError, "it declares more bytes than it has"):
        load_params(tmp_path / "w.npz")
    with zipfile.ZipFile(tmp_path / "w.npz") as made:  # it is a good zip
        assert sum(member.file_size for member in made.infolist()) > 10 * (tmp_path / "w.npz").stat().st_size
        assert made.namelist()[-1] == "19.npy"


def test_a_compressed_file_is_told_what_to_do(tmp_path):
    np.savez_compressed(tmp_path / "w.npz", a=np.ones(2))
    with refused(ValueError, "its members are compressed; numpy.savez stores them"):
        load_params(tmp_path / "w.npz")


def test_a_file_that_declares_more_than_memory_takes_none(tmp_path):
    """In a process that may use 1.5 GB, of which the file declares 8 TB."""
    code = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (3 * 2**29, 3 * 2**29))
from minirnn.core.archives import load_params
try:
    load_params(sys.argv[1])
except ValueError as error:
    print(error)
"""
    pytest.importorskip("resource")
    (tmp_path / "w.npz").write_bytes(HOSTILE["huge"])
    command = [sys.executable, "-c", code, str(tmp_path / "w.npz")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert "declares (1099511627776,) numbers of float64, and holds 0 bytes" in done.stdout, done.stderr


def test_arrays_that_are_no_weights(tmp_path):
    for arrays, words in (
        ({"a": np.ones(2, int)}, ("float32 or float64", "'a' of int64")),
        ({"a": np.ones(2), "z": np.ones(2, complex)}, ("float32 or float64", "'z' of complex128")),
        ({}, ("path must hold arrays", "none")),
    ):
        write_archive(tmp_path / "w.npz", arrays)
        with refused(ValueError, *words):
            load_params(tmp_path / "w.npz")
    with refused(TypeError, "arrays['a'] must hold numbers, got object"):
        write_archive(tmp_path / "w.npz", {"a": np.array([None])})


SAFE = {
    "empty": b"",
    "pickle that runs": pickle.dumps(Evil()),
    "half a header": struct.pack("<Q", 100) + b"{",
    "huge header": struct.pack("<Q", 2**60) + b"{}",
    "out of the file": struct.pack("<Q", 80)
    + json.dumps({"a": {"dtype": "F64", "shape": [9], "data_offsets": [0, 72]}}).ljust(80).encode(),
}


@pytest.mark.parametrize("kind", SAFE)
def test_safetensors_of_somebody_elses(tmp_path, monkeypatch, kind):
    pytest.importorskip("safetensors")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "w.safetensors").write_bytes(SAFE[kind])
    with refused(ValueError, "path must be a file of safetensors, got", "which is not one: "):
        load_params(tmp_path / "w.safetensors")
    assert os.listdir(tmp_path) == ["w.safetensors"]


# ---------------------------------------------------------------- interrupts


@pytest.mark.parametrize("place", ["os.replace", "os.fsync", "numpy.lib.format.write_array"])
@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()], ids=["full", "interrupt"])
def test_an_interrupt_leaves_the_old_file_and_no_other(tmp_path, monkeypatch, place, error):
    save_params({"a": np.ones(2)}, tmp_path / "w.npz")

    def fail(*args, **options):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(place, fail)
        with pytest.raises(type(error)):
            save_params({"a": np.zeros(2)}, tmp_path / "w.npz")
    assert os.listdir(tmp_path) == ["w.npz"]
    assert load_params(tmp_path / "w.npz")["a"].tolist() == [1.0, 1.0]


def test_a_header_comes_back_and_a_long_one_is_refused(tmp_path):
    header = {"a": [1, None, 0.1, 2**200, {"b": "ü"}]}
    write_archive(tmp_path / "w", {"x": np.ones(1)}, header)
    assert read_archive("path", tmp_path / "w")[1] == header
    with refused(ValueError, "header must be at most 10000000 bytes, got 10000002"):
        write_archive(tmp_path / "w", {}, "a" * 10**7)
    assert read_archive("path", tmp_path / "w")[1] == header
