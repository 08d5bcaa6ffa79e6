"""ONNX, without a change to the script: conversions, files, graphs, and sessions that infer."""

import pytest

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

pytestmark = pytest.mark.frameworks

CONVERTED = """
    import numpy as np
    import onnx
    import onnxruntime
    from skl2onnx import to_onnx
    from sklearn.ensemble import RandomForestClassifier

    X = np.random.default_rng(0).normal(size=(200, 4)).astype("float32")
    model = RandomForestClassifier(5, random_state=0).fit(X, (X[:, 0] > 0).astype(int))
    onnx.save(to_onnx(model, X[:1]), "forest.onnx")
    session = onnxruntime.InferenceSession("forest.onnx")
    for i in range(20):
        session.run(None, {"X": X[i : i + 1]})
"""

EXPORTED = """
    import torch, onnx, onnxruntime

    net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        net(torch.ones(5, 4)).sum().backward()
        optimizer.step()
    torch.onnx.export(net, (torch.ones(5, 4),), "net.onnx", verbose=False)
    session = onnxruntime.InferenceSession("net.onnx")
    session.run(None, {session.get_inputs()[0].name: torch.ones(5, 4).numpy()})
"""

LINEAGE = """
    ?i a aitia:Inference ; aitia:usedModel ?file .
    ?file prov:wasDerivedFrom ?model . ?model prov:wasGeneratedBy ?t . ?t a aitia:TrainingRun
"""


def test_inferences_lead_back_to_the_training_of_what_was_converted(observe):
    recorded = observe(CONVERTED)

    assert len(recorded.rows(LINEAGE, "DISTINCT ?i ?t")) == 1
    calls = recorded.rows('?e rdfs:label "calls" ; prov:value ?calls', "?calls")
    assert calls == [(20,)]
    forests = recorded.rows(
        "?m rdfs:label 'forest.onnx' ; aitia:hasArchitecture ?a ."
        " ?a a aitia:TreeEnsembleArchitecture ; aitia:treeCount ?n",
        "DISTINCT ?n",
    )
    assert forests == [(5,)]
    shape = recorded.rows('?s aitia:settingName "input X" ; aitia:settingValue ?v', "?v")
    assert len(shape) == 1


def test_inferences_lead_back_to_the_training_of_what_was_exported(observe):
    pytest.importorskip("torch")
    pytest.importorskip("onnxscript")
    recorded = observe(EXPORTED)

    assert len(recorded.rows(LINEAGE, "DISTINCT ?i ?t")) == 1
    layers = recorded.rows(
        "?m rdfs:label 'net.onnx' ; aitia:hasArchitecture ?a . ?a aitia:hasLayer ?l ."
        " ?l aitia:layerIndex ?i ; rdfs:label ?name",
        "DISTINCT ?i ?name",
    )
    assert [name.split()[-1] for _, name in sorted(layers)] == ["Gemm", "Relu", "Gemm"]
