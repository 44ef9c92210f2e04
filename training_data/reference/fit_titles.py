"""Fit `matcher/language/title_model` on aliases and labelled titles, and write its file.

    python -m training_data.reference.fit_titles          writes matcher/language/data/title_model.npz

Kernel ridge regression of the indicator of each code on tf-idf n-grams (the weight of a code group is the sum of its
codes'). The numbers below were chosen by five-fold cross-validation scored on the titles read before ("seen") alone;
`evaluate_occupations` measures the others. Only codes that have a labelled title are learned: the other aliases are
found by likeness, and learning them as well made the labelled ones worse (.619 -> .608 on the seen half).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from scipy import linalg, sparse

from matcher.language.classification import classification
from matcher.language.title_model import Fitted, TitleModel, compile_model, read_model, title_grams
from matcher.language.titles import parts
from training_data.reference.occupation_labels import Row, labelled

OUT = Path(__file__).resolve().parents[2] / "matcher" / "language" / "data" / "title_model.npz"
RIDGE = 0.3
ALIAS_WEIGHT = 0.3  # an alias counts as much as .3 labelled titles
BIAS = 0.05  # kernel of the constant
LEAST_WEIGHT, STEP = 0.02, 0.001  # smaller weights are left out of the file; the others are stored in these steps


def fit(rows: Sequence[Row], aliases: Mapping[str, str]) -> Fitted:
    """Weights learned from (title, code) rows and from the aliases of the codes among them; no randomness."""
    codes = sorted({code for _, code in rows})
    known = [(alias, code) for alias, code in sorted(aliases.items()) if code in set(codes)]
    grams = [title_grams(parts(text)) for text, _ in (*rows, *known)]
    frequency = Counter(gram for found in grams[len(rows) :] for gram in found)
    names = sorted({gram for found in grams for gram in found})
    idf = np.array([_idf(len(known), frequency[name]) for name in names])
    matrix = _vectors(grams, names, idf)
    labels = np.zeros((len(grams), len(codes)), dtype=np.float32)
    column = {code: at for at, code in enumerate(codes)}
    labels[np.arange(len(grams)), [column[code] for _, code in (*rows, *known)]] = 1
    kernel = (matrix @ matrix.T).toarray() + np.float32(BIAS)
    kernel[np.diag_indices_from(kernel)] += np.repeat(
        np.array([RIDGE, RIDGE / ALIAS_WEIGHT], dtype=np.float32), [len(rows), len(known)]
    )
    share = linalg.cho_solve(linalg.cho_factor(kernel, lower=True, overwrite_a=True), labels)
    weights = np.asarray(matrix.T @ share, dtype=np.float32)
    return Fitted(codes, names, idf, _idf(len(known), 0), weights, BIAS * share.sum(axis=0, dtype=np.float64))


def fitted_model(rows: Sequence[Row]) -> TitleModel:
    """The model as the product would read it after a fit on these rows: pruned, rounded, integers."""
    return read_model(compile_model(fit(rows, classification().aliases), LEAST_WEIGHT, STEP))


def _idf(n: int, frequency: int) -> float:
    return float(np.log((1 + n) / (1 + frequency)) + 1)


def _vectors(
    grams: Sequence[Mapping[str, float]], names: Sequence[str], idf: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> sparse.csr_array:
    """Rows of unit length, shape (n_texts, n_grams)."""
    row_of = {name: at for at, name in enumerate(names)}
    starts, columns, values = [0], [], []
    for found in grams:
        at = [row_of[gram] for gram in found]
        value = np.fromiter(found.values(), dtype=np.float64) * idf[at]
        columns += at
        values += (value / (np.linalg.norm(value) or 1.0)).tolist()
        starts.append(len(columns))
    shape = (len(grams), len(names))
    return sparse.csr_array((np.array(values, dtype=np.float32), columns, starts), shape=shape)


def main() -> None:
    """Fit on every labelled title and write the file."""
    rows = labelled()
    stored = compile_model(fit(rows, classification().aliases), LEAST_WEIGHT, STEP)
    np.savez_compressed(OUT, allow_pickle=False, **stored)
    print(f"{OUT.name}: {len(rows)} titles, {len(stored['grams'])} n-grams, {len(stored['weight'])} weights,")
    print(f"{OUT.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
