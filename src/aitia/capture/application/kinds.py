"""What kind of thing a file is, by its name, and which files are nobody's data."""

from __future__ import annotations

import os
import re
import sys

DATA = (
    *(".csv", ".tsv", ".parquet", ".pq", ".feather", ".arrow", ".ipc", ".orc", ".avro"),
    *(".npy", ".npz", ".mat", ".h5", ".hdf5", ".nc", ".zarr", ".tfrecord", ".lmdb"),
    *(".jsonl", ".ndjson", ".xlsx", ".xls", ".ods", ".arff", ".svmlight", ".libsvm"),
    *(".wav", ".flac", ".mp3", ".mp4", ".sqlite", ".sqlite3", ".db", ".duckdb"),
    *(".idx", ".ubyte", ".dat"),
    *(".fits", ".dcm", ".nii", ".root", ".las", ".shp", ".geojson"),
)
IMAGES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".webp", ".gif")
MODELS = (
    *(".pt", ".pth", ".onnx", ".joblib", ".pkl", ".pickle", ".safetensors", ".keras"),
    *(".ckpt", ".pb", ".tflite", ".gguf", ".ggml", ".mlmodel", ".ubj", ".cbm", ".skops"),
)
_PACKED = (".gz", ".bz2", ".xz", ".zst", ".zip", ".lz4")
_CODE = (".pyc", ".py", ".pyi", ".pyd", ".pyx", ".so", ".dll", ".dylib")
_PLACES = re.compile(
    r"/(?:(?:site|dist)-packages|__pycache__|\.(?:git|aitia|cache|config|ipython|\w+_cache))/"
)
_SYSTEM = ("/proc/", "/sys/", "/dev/", "/etc/", "/usr/", "/lib/", "/lib64/", "/bin/", "/var/lib/")


def kind_of(path: str, *, made: bool = False) -> str:
    """Return the class of the ontology for a file of this name.

    ``made`` says that the run wrote it: an image that is written is a figure more often than data.

    >>> kind_of("x/train.csv.gz"), kind_of("net.pt"), kind_of("notes.txt")
    ('aitia:Dataset', 'aitia:Model', 'aitia:Artifact')
    """
    name = os.path.basename(path.lower().rstrip("/"))
    root, suffix = os.path.splitext(name)
    if suffix in _PACKED:
        suffix = os.path.splitext(root)[1]
    if name.endswith(".weights.h5"):
        return "aitia:Model"
    if suffix in MODELS or (suffix == ".bin" and root.startswith("pytorch_model")):
        return "aitia:Model"
    is_data = suffix in DATA or (suffix in IMAGES and not made)
    return "aitia:Dataset" if is_data else "aitia:Artifact"


def system_places() -> tuple[str, ...]:
    """Return the folders whose files belong to the system or the interpreter."""
    prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix}
    own = {prefix.rstrip("/") + "/" for prefix in prefixes if prefix not in ("/", "")}
    return (*_SYSTEM, *sorted(own))


def is_data(path: str, places: tuple[str, ...]) -> bool:
    """Return whether a file may be the user's data, as opposed to code or the system's."""
    if path.endswith(_CODE) or path.startswith(places):
        return False
    return _PLACES.search(path) is None
