"""Arrays on disk, read without trust: a zip of .npy members as `numpy.savez` writes it, perhaps with a header in JSON.

A pickle is a program, and to read it is to run it. Reading these files runs nothing: a member declares a type and a
shape, and must hold exactly that many numbers. Members are stored and not compressed, so a file can fill no more
memory than it has bytes. A file is replaced as a whole: an interrupt leaves the old one or the new one.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     save_params({"W": np.eye(2), "b": np.array([0.5, -0.5])}, Path(folder) / "weights.npz")
...     load_params(Path(folder) / "weights.npz")["b"]
array([ 0.5, -0.5])
"""

import json
import math
import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy

from minirnn.core import checks
from minirnn.core.arguments import checked
from minirnn.core.params import Params
from minirnn.optional import extra

HEADER = "header.json"
LONGEST_HEADER = 10_000_000  # bytes; the objects that JSON makes of them fill about thirty times as much
NUMBERS = "biufc"  # kinds of dtype: bools, integers, floats, complex ones
SUFFIXES = (".npz", ".safetensors")
NPY_HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}  # (3, 0) is for named fields


@checked
def save_params(params: Params, path: str | Path) -> None:
    """Writes parameters to a file .npz, which `numpy.load` reads too, or .safetensors, which other frameworks read.

    For safetensors, the extra of this name brings the package; such a file does not keep the order of the keys.
    Raises ValueError for another ending, or for a key that cannot be the name of a member, such as one with "..".
    """
    path = _path(path)
    checks.float_arrays("params", params)
    check_arrays("params", params)
    if path.suffix == ".npz":
        return write_archive(path, params)
    with extra("safetensors"):
        from safetensors.numpy import save
    data = save({key: np.array(value, order="C") for key, value in params.items()})
    with _replacing(path) as file:
        file.write(data)


@checked
def load_params(path: str | Path) -> Params:
    """Parameters from a file of `save_params`, `numpy.savez` or safetensors; nothing that it holds is run.

    Raises ValueError if the file is damaged, compressed (as by `numpy.savez_compressed`), a pickle, or holds other
    arrays than float32 and float64.
    """
    path, arrays = _path(path), dict[str, Any]()
    if path.suffix == ".npz":
        arrays, header = read_archive("path", path)
        if header is not None:
            raise ValueError(
                f"path must hold weights alone, got {path} with a run, which minirnn.learning.load reads"
            )
    else:
        with extra("safetensors"):
            from safetensors.numpy import load
        data = path.read_bytes()
        with reading("path", path, "a file of safetensors"):
            arrays = load(data)
            check_names("its keys", arrays)
    if not arrays:
        raise ValueError(f"path must hold arrays, got {path} with none")
    for key, value in arrays.items():
        if not checks.is_real(value):
            raise ValueError(f"path must hold float32 or float64 arrays, got {path} with {key!r} of {value.dtype}")
    return arrays


def _path(path: str | Path) -> Path:
    if Path(path).suffix not in SUFFIXES:
        raise ValueError(f"path must end in {' or '.join(SUFFIXES)}, got {path}")
    return Path(path)


# --- writing ---------------------------------------------------------------------------------------------------------


@contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file beside `path`, which takes its place once it is written and on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    try:
        with partial.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def write_archive(path: Path, arrays: Mapping[str, np.ndarray], header: Any = None) -> None:
    """Arrays of numbers by their names, and what JSON can say of them.

    Raises what `check_arrays` does, and ValueError for a header of more than 10 MB.
    """
    check_arrays("arrays", arrays)
    text = b"" if header is None else json.dumps(header).encode()
    if len(text) > LONGEST_HEADER:
        raise ValueError(f"header must be at most {LONGEST_HEADER} bytes, got {len(text)}: hold numbers in arrays")
    with _replacing(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        if text:
            archive.writestr(zipfile.ZipInfo(HEADER), text)
        for name, array in arrays.items():
            with archive.open(zipfile.ZipInfo(name + ".npy"), "w", force_zip64=True) as member:
                npy.write_array(member, np.asarray(array), allow_pickle=False)


def check_arrays(name: str, arrays: Mapping[str, np.ndarray]) -> None:
    """Raises TypeError for an array of anything but numbers, ValueError for a name as `check_names` does."""
    check_names(name, arrays)
    for key, array in arrays.items():
        if array.dtype.kind not in NUMBERS:
            raise TypeError(f"{name}[{key!r}] must hold numbers, got {array.dtype}")


def check_names(name: str, keys: Any) -> None:
    """Raises ValueError unless the keys can be names of files below a folder: some readers unpack an archive."""
    for key in keys:
        if not isinstance(key, str) or not key or key[0] == "/" or ".." in key.split("/") or {*"\\\0"} & {*key}:
            raise ValueError(rf'{name} must have names such as "W" or "rnn/W", without ".." and "\", got {key!r}')


# --- reading ---------------------------------------------------------------------------------------------------------


@contextmanager
def reading(name: str, path: Path, wanted: str) -> Iterator[None]:
    """Turns whatever the reading of a damaged file raises into a ValueError."""
    try:
        yield
    except Exception as error:  # a damaged zip, .npy or JSON can raise almost anything
        raise ValueError(f"{name} must be {wanted}, got {path}, which is not one: {error}") from error


def read_archive(name: str, path: Path, wanted: str = "a file .npz") -> tuple[dict[str, np.ndarray], Any]:
    """The arrays and the header (None if there is none) of a file; `name` is what messages call it.

    Raises ValueError if the file is anything but what `write_archive` or `numpy.savez` writes.
    """
    with path.open("rb") as file, reading(name, path, wanted), zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        if any(member.compress_type != zipfile.ZIP_STORED for member in members):
            raise ValueError("its members are compressed; numpy.savez stores them, numpy.savez_compressed does not")
        if sum(member.file_size for member in members) > os.fstat(file.fileno()).st_size:
            raise ValueError("it declares more bytes than it has")
        if len({member.filename for member in members}) < len(members):
            raise ValueError("it holds a name twice")
        check_names("its members", archive.namelist())
        arrays, header = {}, None
        for member in members:
            with archive.open(member) as content:
                if member.filename == HEADER and member.file_size <= LONGEST_HEADER:
                    header = json.loads(content.read())
                elif member.filename.endswith(".npy"):
                    arrays[member.filename.removesuffix(".npy")] = _array(content, member.file_size)
                else:
                    raise ValueError(f"{member.filename} is no array")
        return arrays, header


def _array(file: IO[bytes], size: int) -> np.ndarray:
    """The array in a member of `left` bytes. Its header is checked before memory is allocated."""
    version = npy.read_magic(file)
    if version not in NPY_HEADERS:
        raise ValueError(f"it holds an array of version {version}")
    shape, by_column, dtype = NPY_HEADERS[version](file)
    if dtype.kind not in NUMBERS:
        raise ValueError(f"it holds an array of {dtype}, and not of numbers")
    left = size - file.tell()
    if math.prod(shape) * dtype.itemsize != left:
        raise ValueError(f"it declares {shape} numbers of {dtype}, and holds {left} bytes of them")
    return np.frombuffer(bytearray(file.read()), dtype).reshape(shape, order="F" if by_column else "C")
