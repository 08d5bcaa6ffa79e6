"""Lightning, by both names of its package and without a change to the script."""

import pytest

pytest.importorskip("lightning")

pytestmark = pytest.mark.frameworks

FIT = """
    import warnings
    warnings.simplefilter("ignore")
    import torch
    import {package} as L
    from {package}.callbacks import ModelCheckpoint
    from torch.utils.data import DataLoader, TensorDataset

    class Net(L.LightningModule):
        def __init__(self, width=8):
            super().__init__()
            self.save_hyperparameters()
            self.net = torch.nn.Sequential(torch.nn.Linear(4, width), torch.nn.Linear(width, 1))
            self.criterion = torch.nn.MSELoss()

        def training_step(self, batch, index):
            loss = self.criterion(self.net(batch[0]), batch[1])
            self.log("train_loss", loss)
            return loss

        def validation_step(self, batch, index):
            self.log("val_loss", self.criterion(self.net(batch[0]), batch[1]))

        def test_step(self, batch, index):
            self.log("test_loss", self.criterion(self.net(batch[0]), batch[1]))

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), lr=0.1)

    def loader(size):
        return DataLoader(TensorDataset(torch.randn(size, 4), torch.randn(size, 1)), batch_size=4)

    kept = ModelCheckpoint(dirpath="kept", filename="last", monitor="train_loss")
    trainer = L.Trainer(
        max_epochs=2, log_every_n_steps=1, accelerator="cpu", enable_progress_bar=False,
        enable_model_summary=False, logger={logger}, callbacks=[kept],
    )
    net = Net()
    trainer.fit(net, loader(16), loader(12))
    trainer.test(net, loader(8), verbose=False)
"""


@pytest.mark.parametrize("package", ["lightning.pytorch", "pytorch_lightning"])
def test_a_fit_is_one_training_and_a_test_evaluates_its_model(observe, package):
    recorded = observe(FIT.format(package=package, logger="False"))
    (training,) = recorded.rows(
        "?t a aitia:TrainingRun ; rdfs:label ?name ; aitia:trainedOn ?data ; aitia:status ?status ;"
        " aitia:configuredBy ?how . ?data rdfs:label ?what . ?how aitia:learningRate ?rate ;"
        " aitia:usesOptimizer ?o . ?o skos:prefLabel ?optimizer",
        "DISTINCT ?name ?what ?rate ?optimizer",
    )
    assert training[:2] == ("Trainer.fit of Net", "TensorDataset of 16 items")
    assert (float(training[2]), training[3]) == (0.1, "stochastic gradient descent")
    assert len(recorded.rows("?t a aitia:TrainingRun", "?t")) == 1

    found = recorded.rows(
        "?t a aitia:TrainingRun ; aitia:hasSetting ?s ."
        " ?s aitia:settingName ?name ; aitia:settingValue ?value",
        "?name ?value",
    )
    told = {name: str(value) for name, value in found}
    assert (told["hparams width"], told["strategy"]) == ("8", "SingleDeviceStrategy")
    assert (told["max_epochs"], told["precision"]) == ("2", "32-true")

    evaluation = recorded.rows(
        "?e a aitia:EvaluationRun ; prov:used ?m ; aitia:evaluatedOn/rdfs:label ?data ."
        " ?m a aitia:Model ; prov:wasGeneratedBy/rdfs:label ?by ; aitia:hasArchitecture ?a ."
        " ?r aitia:aboutSubject ?e ; aitia:numericValue ?loss",
        "DISTINCT ?by ?data",
    )
    assert evaluation == [("Trainer.fit of Net", "TensorDataset of 8 items")]


def test_checkpoints_have_their_step_and_what_is_logged_is_a_curve(observe):
    recorded = observe(FIT.format(package="lightning.pytorch", logger="False"))
    kept = recorded.rows(
        "?c a aitia:Checkpoint ; aitia:checkpointStep ?step ; aitia:locator ?where ;"
        " prov:wasGeneratedBy/rdfs:label ?by",
        "DISTINCT ?step ?where ?by",
    )
    # The file is written after each epoch; what it held first may be gone before it is hashed.
    assert {(str(where).rpartition("/")[2], by) for _, where, by in kept} == {
        ("last.ckpt", "Trainer.fit of Net")
    }
    assert {int(step) for step, _, _ in kept} <= {4, 8}
    curves = recorded.rows(
        "?t a aitia:TrainingRun ; aitia:hasLearningCurve ?c . ?c aitia:pointCount ?count",
        "?c ?count",
    )
    counts = {str(curve).rpartition("/")[2]: int(count) for curve, count in curves}
    assert counts == {"train_loss": 8, "val_loss": 2}


def test_a_fit_that_goes_on_uses_the_checkpoint_and_one_that_fails_says_why(observe):
    goes_on = """
    on = L.Trainer(
        max_epochs=3, accelerator="cpu", enable_progress_bar=False, enable_model_summary=False,
        logger=False, enable_checkpointing=False,
    )
    on.fit(Net(), loader(16), loader(12), ckpt_path="kept/last.ckpt")

    class Broken(Net):
        def training_step(self, batch, index):
            raise ValueError("no such batch")

    L.Trainer(max_epochs=1, accelerator="cpu", logger=False, enable_progress_bar=False,
              enable_model_summary=False).fit(Broken(), loader(16))
    """
    text = FIT.format(package="lightning.pytorch", logger="False") + goes_on
    recorded = observe(text, returns=1)
    gone_on = recorded.rows(
        "?t a aitia:TrainingRun ; prov:used ?c . ?c a aitia:Checkpoint", "DISTINCT ?t ?c"
    )
    assert len(gone_on) == 1
    failed = recorded.rows(
        "?t a aitia:TrainingRun ; aitia:status aitia:Failed ; aitia:errorMessage ?why", "?why"
    )
    assert failed == [("ValueError: no such batch",)]
