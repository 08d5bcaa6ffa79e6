"""Importer of neural-network record trails (University of Tennessee, doi:10.7910/DVN/ZXTCGF).

One text file is one network: a header of 28 columns, the metadata in the first row, and a row of
losses and accuracy per half epoch. Cells are separated by single spaces, because a cell may be
empty. Each network becomes a run with one training run inside.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from aitia.errors import NotFoundError
from aitia.importers.concepts import concept
from aitia.importers.port import Imported, Pseudonyms, minted
from aitia.importers.source import Source, first_line, lines, open_source
from aitia.importers.trail_architecture import Architecture, architecture
from aitia.records import (
    Ended,
    Entity,
    Generated,
    Note,
    Points,
    Record,
    Ref,
    RunEnded,
    RunStarted,
    Setting,
    Started,
    Used,
    Value,
)
from aitia.vocabulary.iris import SCHEME, quantity_iri

RECORDER = "record-trails"
COLUMNS = (
    "epochs trainLoss valLoss valAcc ID random_seed train_GPU torch_set_deterministic dataset "
    "batch_size loss_fn optimizer learning_rate momentum dampening weight_decay layer_types "
    "dropout_rate convKernels convStrides convPaddings poolKernels poolStrides poolPaddings "
    "convFilters FC_dropout_rate FC_dropout_layers FCFilters"
)
HEADER = COLUMNS.split(" ")
SETTINGS = tuple(HEADER[5:])
_CURVES = {"trainLoss": 1.0, "valLoss": 1.0, "valAcc": 100.0}
"""The curves, and what to divide each by: accuracy is given in percent."""

_LISTS = frozenset(
    {
        *("layer_types", "convKernels", "convStrides", "convPaddings", "poolKernels"),
        *("poolStrides", "poolPaddings", "convFilters", "FC_dropout_layers", "FCFilters"),
    }
)
"""Columns of lists joined by hyphens: they stay text, also when the list has one item."""

_FILE_NAME = re.compile(r"\d{4}(?:_\d{2}){5}_\d+\.txt")

NOTES = (
    ("blind spot", "a record trail does not say on which machine and with which software it ran"),
    ("blind spot", "a record trail names its data set and does not identify its content"),
    ("blind spot", "a record trail gives no times but the one in the network's name"),
    ("inferred", "the start is read from the network's name, as UTC: the zone is not given"),
    ("inferred", "the training counts as completed: a record trail has no status"),
    ("converted", "valAcc is given in percent, and kept as a fraction"),
    ("design", "all hyperparameters were drawn at random, as the data set's description says"),
)


class Trail(NamedTuple):
    """One network: its metadata by column, and its curves by half epoch."""

    metadata: Mapping[str, str]
    epochs: list[float]
    curves: dict[str, list[float]]


def read(
    path: str | os.PathLike[str], *, pseudonyms: Pseudonyms | None = None
) -> Iterator[Imported]:
    """Yield one run per network, from one file or from a folder of them.

    Parameters
    ----------
    path:
        A trail, or a folder; of a folder, the files named like ``2021_02_15_13_55_26_539263.txt``.
    pseudonyms:
        Not used: a trail names no host and no user.

    Raises
    ------
    NotFoundError
        When there is no such file, or no trail in the folder.
    ImportFormatError
        When a file is not a trail; the error names the line.
    """
    for file in _files(os.fspath(path)):
        source = open_source(file)
        trail = parse(source)
        identifier = trail.metadata["ID"] or source.digest
        run = minted(RECORDER, "network", identifier)
        yield Imported(run, RECORDER, _records(run, identifier, trail, source))


def recognises(path: str | os.PathLike[str]) -> bool:
    """Say whether a file begins like a trail, or a folder holds files named like trails."""
    if os.path.isdir(path):
        return any(_FILE_NAME.fullmatch(name) for name in os.listdir(path))
    return first_line(path).rstrip(b"\r\n").decode("utf-8", "replace").split(" ") == HEADER


def _files(path: str) -> list[str]:
    if not os.path.isdir(path):
        return [path]
    names = sorted(name for name in os.listdir(path) if _FILE_NAME.fullmatch(name))
    if not names:
        raise NotFoundError(
            f"no record trail in {path!r}",
            expected="files named like 2021_02_15_13_55_26_539263.txt",
            next_step="name one file",
        )
    return [os.path.join(path, name) for name in names]


def parse(source: Source) -> Trail:
    """Return the content of one trail.

    Raises
    ------
    ImportFormatError
        When the header, the number of cells or a number is not as it should be.
    """
    metadata: dict[str, str] = {}
    epochs: list[float] = []
    curves: dict[str, list[float]] = {name: [] for name in _CURVES}
    last = 0
    for number, line, whole in lines(source):
        last = number
        cells = _cells(source, number, line, whole)
        if number == 1:
            _check_header(source, cells)
            continue
        row = dict(zip(HEADER, cells, strict=True))
        metadata = metadata or row
        epochs.append(_number(source, number, row, "epochs"))
        for name, divisor in _CURVES.items():
            curves[name].append(_number(source, number, row, name) / divisor)
    if not epochs:
        raise source.refuse(
            max(1, last),
            "the file ends after its header" if last else "the file is empty",
            expected="one row per half epoch",
            next_step="copy the file again",
        )
    return Trail(metadata, epochs, curves)


def _cells(source: Source, number: int, line: bytes, whole: bool) -> list[str]:
    try:
        cells = line.decode("utf-8").split(" ")
    except UnicodeDecodeError:
        raise source.refuse(
            number, "bytes that are not UTF-8", expected="text", next_step="check the file"
        ) from None
    if number > 1 and len(cells) != len(HEADER):
        cut = "" if whole else ", and the line is cut short"
        raise source.refuse(
            number,
            f"{len(cells)} cells{cut}",
            expected=f"{len(HEADER)} cells, separated by single spaces",
            next_step="copy the file again, without touching its spaces",
        )
    return cells


def _check_header(source: Source, cells: list[str]) -> None:
    if cells != HEADER:
        raise source.refuse(
            1,
            f"a header that begins with {' '.join(cells)[:60]!r}",
            expected=f"the {len(HEADER)} columns {' '.join(HEADER[:5])} …",
            next_step="check that the file is a record trail",
        )


def _number(source: Source, number: int, row: Mapping[str, str], column: str) -> float:
    try:
        return float(row[column])
    except ValueError:
        raise source.refuse(
            number,
            f"{column} = {row[column]!r}",
            expected="a number",
            next_step="check that no space was added or removed",
        ) from None


def _records(run: str, identifier: str, trail: Trail, source: Source) -> Iterator[Record]:
    start = _moment(identifier)
    inferred: dict[str, Value] = {"aitia:statusInferred": True}
    yield RunStarted(
        run,
        f"network {identifier}",
        start,
        attributes={"dcterms:identifier": identifier, **_seed(trail)},
    )
    yield from source.records(run, RECORDER)
    yield Setting("", "sampler", "random")
    chosen = f"{SCHEME}sampling-strategy#RandomSearch"
    yield Used("", chosen, relation="aitia:samplingStrategy")
    built = architecture(trail.metadata, source)
    yield from _specification(trail)
    yield from built.records()
    yield Started("1", "train", start, type="aitia:TrainingRun")
    yield Used("1", "configuration", relation="aitia:configuredBy")
    yield from _dataset(trail.metadata["dataset"])
    for name, divisor in _CURVES.items():
        unit = "1" if divisor != 1.0 else None
        yield Points("1", name, trail.curves[name], steps=trail.epochs, unit=unit)
    yield from _model(built)
    yield Ended("1", None, attributes=inferred)
    for kind, text in NOTES:
        yield Note(kind, text)
    for text in built.notes:
        yield Note("inferred", text)
    yield RunEnded(None, attributes=inferred)


def _moment(identifier: str) -> int:
    """Return the time in a network's name, in nanoseconds since the epoch; 0 when there is none."""
    try:
        moment = datetime.strptime(identifier, "%Y_%m_%d_%H_%M_%S_%f").replace(tzinfo=UTC)
    except ValueError:
        return 0
    return int(moment.timestamp()) * 1_000_000_000 + moment.microsecond * 1_000


def _seed(trail: Trail) -> dict[str, Value]:
    seed = scalar(trail.metadata["random_seed"])
    return {"aitia:randomSeed": seed} if isinstance(seed, int) else {}


def _specification(trail: Trail) -> Iterator[Record]:
    """Yield the training configuration, its settings, the loss and the optimizer."""
    cells = trail.metadata
    attributes: dict[str, Value | list[Value]] = {
        "aitia:fitnessQuantity": Ref(quantity_iri("valAcc")),
    }
    for prop, column in (("learningRate", "learning_rate"), ("batchSize", "batch_size")):
        value = scalar(cells[column])
        if isinstance(value, (int, float)):
            attributes[f"aitia:{prop}"] = value
    budget = trail.epochs[-1]
    if math.isfinite(budget) and budget >= 1:
        attributes["aitia:epochBudget"] = round(budget)
    for prop, scheme, kind, column in (
        ("aitia:usesLoss", "loss-function", "aitia:LossFunction", "loss_fn"),
        ("aitia:usesOptimizer", "optimizer", "aitia:Optimizer", "optimizer"),
    ):
        if cells[column]:
            entity = concept(scheme, kind, cells[column])
            yield entity
            attributes[prop] = Ref(entity.id)
    yield Entity(
        "configuration",
        "aitia:TrainingConfiguration",
        f"configuration of {cells['ID']}",
        attributes=attributes,
    )
    for column in SETTINGS:
        cell = cells[column]
        if column != "dataset" and cell != "":
            yield Setting("configuration", column, cell if column in _LISTS else scalar(cell))


def _dataset(name: str) -> Iterator[Record]:
    if name:
        iri = f"urn:uuid:{minted(RECORDER, 'dataset', name)}"
        yield Entity(iri, "aitia:Dataset", name)
        yield Used("1", iri, role="training", relation="aitia:trainedOn")


def _model(built: Architecture) -> Iterator[Record]:
    attributes: dict[str, Value] = {"aitia:hasArchitecture": Ref(built.iri)}
    yield Entity("model", "aitia:Model", "the trained network", attributes=attributes)
    yield Generated("model", "1", role="model")


def scalar(cell: str) -> int | float | bool | str:
    """Return a cell as what it looks like: a number, a truth value, or text."""
    if cell in ("True", "False"):
        return cell == "True"
    for kind in (int, float):
        try:
            return kind(cell)
        except ValueError:
            continue
    return cell
