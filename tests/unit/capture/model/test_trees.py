from aitia.capture.model.trees import (
    Forest,
    architecture,
    lightgbm_digest,
    lightgbm_forest,
    xgboost_forest,
)

XGBOOST = [
    "0:[f0<1] yes=1,no=2\n\t1:leaf=-0.5\n\t2:[f1<2] yes=3,no=4\n\t\t3:leaf=1\n\t\t4:leaf=2\n",
    "0:leaf=0.1\n",
]
LIGHTGBM = """tree
version=v4
feature_names=a b
tree_sizes=1 1

Tree=0
num_leaves=4
left_child=1 2 -1
right_child=-2 -3 -4
leaf_value=1 2 3 4

Tree=1
num_leaves=1
leaf_value=0.5

end of trees

parameters:
[num_threads: 0]
end of parameters
"""


def test_trees_of_xgboost_are_read_from_its_dump() -> None:
    assert xgboost_forest(XGBOOST) == Forest(2, 2, 4)


def test_trees_of_lightgbm_are_read_from_their_children() -> None:
    assert lightgbm_forest(LIGHTGBM) == Forest(2, 3, 5)


def test_threads_are_no_part_of_what_was_learnt() -> None:
    other = LIGHTGBM.replace("num_threads: 0", "num_threads: 8")
    assert lightgbm_digest(LIGHTGBM) == lightgbm_digest(other)
    assert lightgbm_digest(LIGHTGBM) != lightgbm_digest(LIGHTGBM.replace("0.5", "0.6"))


def test_an_ensemble_that_is_too_large_to_read_has_no_depth() -> None:
    made = architecture("Booster", Forest(1), {})
    assert (made.label, made.attributes) == ("Booster 1 tree", {"treeCount": 1})
    assert architecture("B", Forest(3, 2, 9), {}).label == "B 3 trees, depth 2"
