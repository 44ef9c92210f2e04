"""What labelled titles taught: integers in a file, read back as they were, scored as the slow sum."""

import io
import subprocess
import sys
from importlib import resources

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.language.classification import classification
from matcher.language.title_model import Fitted, compile_model, read_file, read_model, title_grams, title_model
from matcher.language.titles import core, parts

LARGEST_FILE_BYTES = 2_000_000


def small() -> Fitted:
    return Fitted(
        codes=("4-01-02-01", "6-18-02-04"),
        grams=("^焊", "焊", "焊工$"),
        idf=np.array([2.0, 1.0, 3.0]),
        unseen_idf=4.0,
        weights=np.array([[0.0, 0.5], [0.001, 0.25], [-0.2, 1.0]], dtype=np.float32),
        bias=np.array([0.1, 0.05]),
    )


def slow(model, title):
    """Votes one n-gram at a time."""
    grams = title_grams(parts(title))
    value = {g: n * (model.idf[model.rows[g]] if g in model.rows else model.unseen_idf) for g, n in grams.items()}
    norm = sum(v * v for v in value.values()) ** 0.5
    votes, known = np.zeros(len(model.codes)), 0.0
    for gram, v in value.items():
        row = model.rows.get(gram)
        if row is None or model.start[row] == model.start[row + 1]:
            continue
        known += v * v
        for at in range(model.start[row], model.start[row + 1]):
            votes[model.column[at]] += model.weight[at] * v / norm
    share = known / norm**2 if norm else 0.0
    return votes + share * model.bias, share


def test_compiled_weights_are_read_back_in_steps():
    model = read_model(compile_model(small(), least=0.02, step=0.01))
    assert model.codes == ("4-01-02-01", "6-18-02-04")
    assert list(model.rows) == ["^焊", "焊", "焊工$"]
    assert (model.idf, model.unseen_idf) == ((2.0, 1.0, 3.0), 4.0)
    assert model.weight.tolist() == [0.5, 0.25, -0.2, 1.0]
    assert model.column.tolist() == [1, 1, 0, 1]
    assert model.start.tolist() == [0, 1, 2, 4]
    assert model.bias.tolist() == [0.1, 0.05]


def test_a_title_of_unknown_letters_has_no_vote():
    votes, share = read_model(compile_model(small(), 0.02, 0.01)).votes([parts("渔夫")])
    assert (votes.tolist(), share.tolist()) == ([[0.0, 0.0]], [0.0])


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="电焊工车床缝纫普操作司机销售客服abc 123/（）", max_size=14))
def test_votes_are_the_slow_sum(title):
    ((votes,), (share,)) = title_model().votes([parts(title)])
    expected, known = slow(title_model(), title)
    assert votes == pytest.approx(expected, abs=1e-9)
    assert share == pytest.approx(known, abs=1e-9)
    assert 0 <= share <= 1 + 1e-9


def test_the_foremost_part_gives_the_weight_and_ends_are_marked():
    grams = title_grams(parts("焊工/普工"))
    assert (grams["焊工$"], grams["普工$"], grams["工$"]) == (1.0, 0.5, 1.0)
    assert "^" not in grams
    assert "$" not in grams
    assert core("普工") == "普工"


def test_the_committed_file_is_small_and_knows_only_known_codes():
    file = resources.files("matcher.language") / "data" / "title_model.npz"
    content = file.read_bytes()
    assert len(content) < LARGEST_FILE_BYTES
    model = read_file(io.BytesIO(content))
    assert set(model.codes) <= set(classification().names)
    assert list(model.codes) == sorted(model.codes)
    assert len(model.rows) == len(model.idf) == len(model.start) - 1


def test_serving_needs_neither_a_learner_nor_jieba():
    asked = (
        "import sys; from matcher.language.occupations import occupation_index as index;"
        "index().best('电焊工'); index().best('某厂招聘会焊铁门的');"
        "print([name for name in ('jieba', 'sklearn', 'scipy') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
