"""A script that knows nothing of Aitia. Record it without a change:

aitia run python examples/no_change.py && aitia show last
"""

from __future__ import annotations

from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def main() -> None:
    flowers, species = load_iris(return_X_y=True)
    x_train, x_test, y_train, y_test = train_test_split(flowers, species, random_state=0)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.5))
    model.fit(x_train, y_train)
    print(f"accuracy {model.score(x_test, y_test):.3f}")


if __name__ == "__main__":
    main()
