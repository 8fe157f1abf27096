"""Writes samples.json and quantiles.json, what scipy says of fixed samples.

Run it in this directory with Python 3, numpy and scipy (made with 1.17.1).
"""

import json

import numpy as np
from scipy import stats

random = np.random.default_rng(20240501)


def bootstrap(statistic, count):
    """Resamples the indices below count."""
    return stats.bootstrap(
        (np.arange(count),),
        lambda index: statistic(index.astype(int)),
        n_resamples=20000,
        vectorized=False,
        method="percentile",
        rng=random,
    )


def medians():
    for count in (1, 2, 3, 10, 25):
        values = np.round(random.normal(size=count), 6)
        yield {"values": list(values), "median": float(np.median(values))}


def row(visits, rounds, between):
    shape = (visits, rounds, 2)
    logs = -7 + random.normal(0, 0.03, shape)
    logs += random.normal(0, between, (visits, 1, 2)) if between else 0
    logs += np.where(random.random(shape) < 0.05, np.log(2), 0)
    logs = np.round(logs, 6)
    differences = logs[:, :, 0] - logs[:, :, 1]
    whole = bootstrap(lambda index: np.median(differences[index]), visits)
    error = whole.standard_error**2 * visits / (visits - 1)
    if rounds > 1:
        picks = random.integers(0, rounds, (20000, visits, rounds))
        resampled = np.take_along_axis(differences[None], picks, axis=2)
        within = np.var(np.median(resampled, axis=(1, 2)), ddof=1)
        error += within * rounds / (rounds - 1) / 2
    drawn = whole.bootstrap_distribution
    return {
        "visits": logs.tolist(),
        "median": float(np.median(differences)),
        "error": float(np.sqrt(error)),
        "student": float(stats.t.ppf(0.975, visits - 1)),
        # Around the ends of a 95 % interval: medians of few values jump.
        "percentiles": list(np.percentile(drawn, [2, 3, 97, 98])),
    }


def main():
    samples = {
        "medians": list(medians()),
        # One round a visit: the ordinary bootstrap of paired data.
        "ordinary": [row(41, 1, 0), row(60, 1, 0)],
        "clustered": [row(8, 10, 0), row(8, 10, 0.05), row(5, 9, 0.02)],
    }
    levels = [0.5, 0.9, 0.95, 0.99, 0.999, 0.99999]
    quantiles = {
        "normal": [(p, stats.norm.isf((1 - p) / 2)) for p in levels],
        "student": [
            (p, freedom, stats.t.isf((1 - p) / 2, freedom))
            for p in (0.9, 0.95, 0.99)
            for freedom in (1, 2, 2.5, 4, 7.3, 20, 200)
        ],
        "tukey": [
            (k, stats.studentized_range.isf(0.05, k, np.inf) / 2**0.5)
            for k in (3, 8)
        ],
    }
    for name, content in (("samples", samples), ("quantiles", quantiles)):
        with open(f"{name}.json", "w") as file:
            json.dump(content, file)
            file.write("\n")


main()
