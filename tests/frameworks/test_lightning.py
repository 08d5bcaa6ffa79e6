"""Lightning, without a change to the script."""

import pytest

pytest.importorskip("lightning")

pytestmark = pytest.mark.frameworks

FIT = """
    import warnings
    warnings.simplefilter("ignore")
    import torch
    import {package} as L
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

        def test_step(self, batch, index):
            self.log("test_loss", self.criterion(self.net(batch[0]), batch[1]))

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), lr=0.1)

    data = DataLoader(TensorDataset(torch.randn(16, 4), torch.randn(16, 1)), batch_size=4)
    trainer = L.Trainer(
        max_epochs=2, log_every_n_steps=1, accelerator="cpu", enable_progress_bar=False,
        enable_model_summary=False, default_root_dir="out", logger={logger},
    )
    net = Net()
    trainer.fit(net, data)
    trainer.test(net, data, verbose=False)
"""


def test_logged_values_are_a_curve(observe):
    recorded = observe(FIT.format(package="lightning.pytorch", logger="True"))
    curves = recorded.rows("?t a aitia:TrainingRun ; aitia:hasLearningCurve ?c", "DISTINCT ?c")
    assert curves
