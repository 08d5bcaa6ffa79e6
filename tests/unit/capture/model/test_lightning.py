import warnings

import pytest

torch = pytest.importorskip("torch")
L = pytest.importorskip("lightning.pytorch")

from torch.utils.data import DataLoader, TensorDataset  # noqa: E402

from aitia.capture.model.lightning import LightningAdapter  # noqa: E402
from aitia.capture.model.torch import TorchAdapter  # noqa: E402
from aitia.records import Ended, Point, Setting, Started, Used  # noqa: E402

pytestmark = [pytest.mark.frameworks, pytest.mark.filterwarnings("ignore")]


class Net(L.LightningModule):
    def __init__(self, width: int = 2) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.fc = torch.nn.Linear(3, width)

    def training_step(self, batch, index):
        loss = self.fc(batch[0]).square().mean()
        self.log("loss", loss)
        return loss

    def test_step(self, batch, index):
        self.log("error", self.fc(batch[0]).mean())

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)


def trainer() -> L.Trainer:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return L.Trainer(
            max_epochs=1, accelerator="cpu", logger=False, enable_checkpointing=False,
            enable_progress_bar=False, enable_model_summary=False, log_every_n_steps=1,
        )  # fmt: skip


def data() -> DataLoader:
    return DataLoader(TensorDataset(torch.ones(4, 3)), batch_size=2)


def test_a_fit_is_the_training_of_its_optimiser_and_a_test_an_evaluation(observe) -> None:
    with observe(TorchAdapter(), LightningAdapter()) as observed:
        fitted, net = trainer(), Net()
        fitted.fit(net, data())
        fitted.test(net, data(), verbose=False)
    fit, test = observed.records.of(Started)
    assert (fit.name, fit.type) == ("Trainer.fit of Net", "aitia:TrainingRun")
    assert (test.name, test.type) == ("Trainer.test of Net", "aitia:EvaluationRun")
    told = {s.name: s.value for s in observed.records.of(Setting) if s.subject == fit.id}
    assert (told["hparams width"], told["max_epochs"]) == (2, 1)
    points = [(p.subject, dict(p.values).keys(), p.step) for p in observed.records.of(Point)]
    assert points[:2] == [(fit.id, {"loss"}, 1), (fit.id, {"loss"}, 2)] or [
        step for _, _, step in points[:2]
    ] == [0, 1]
    assert points[-1][:2] == (test.id, {"error"})
    assert "aitia:evaluatedOn" in {
        u.relation for u in observed.records.of(Used) if u.activity == test.id
    }
    ended = {e.id: e for e in observed.records.of(Ended)}
    assert ended[fit.id].generated["global_step"] == 2


def test_everything_is_put_back(observe) -> None:
    before = (L.Trainer.fit, L.Trainer.test, L.Trainer.validate, L.Trainer.save_checkpoint)
    with observe(LightningAdapter()):
        assert L.Trainer.fit.__wrapped__ is before[0]
    after = (L.Trainer.fit, L.Trainer.test, L.Trainer.validate, L.Trainer.save_checkpoint)
    assert after == before
