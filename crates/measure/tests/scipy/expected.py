"""Writes samples.json and quantiles.json, what scipy says of fixed samples.

Run it in this directory with Python 3, numpy and scipy (made with 1.17.1).
"""

import json

import numpy as np
from scipy import stats

random = np.random.default_rng(20240501)


def medians():
    for count in (1, 2, 3, 10, 25):
        values = np.round(random.normal(size=count), 6)
        yield {"values": list(values), "median": float(np.median(values))}


def pair(visits):
    logs = -7 + random.normal(0, 0.03, (visits, 2))
    logs += random.normal(0, 0.1, (visits, 1))
    logs += np.where(random.random((visits, 2)) < 0.1, np.log(2), 0)
    logs = np.round(logs, 6)
    differences = logs[:, 0] - logs[:, 1]
    out = (visits + 1) // 10
    # Rounded down to whole visits.
    share = (out + 0.5) / visits if out else 0.0
    estimate = stats.trim_mean(differences, share)
    winsorized = stats.mstats.winsorize(differences, (share, share))
    error = np.std(winsorized.data, ddof=1) / np.sqrt(visits)
    error /= 1 - 2 * out / visits
    kept = visits - 2 * out
    freedom = kept - 1
    # Yuen ("The two-sample trimmed t for unequal population variances", 1974)
    # divides by kept (kept - 1), not by kept^2 (visits - 1) / visits.
    error *= np.sqrt((visits - 1) * kept / (visits * freedom))
    half = stats.t.ppf(0.975, freedom) * error
    return {
        "visits": logs.tolist(),
        "estimate": float(estimate),
        "error": float(error),
        "low": float(estimate - half),
        "high": float(estimate + half),
    }


def main():
    samples = {
        "medians": list(medians()),
        "pairs": [pair(visits) for visits in (3, 8, 9, 10, 25, 41)],
    }
    levels = [0.5, 0.9, 0.95, 0.99, 0.999, 0.99999]
    quantiles = {
        "normal": [(p, stats.norm.isf((1 - p) / 2)) for p in levels],
        "student": [
            (p, freedom, stats.t.isf((1 - p) / 2, freedom))
            for p in (0.9, 0.95, 0.99)
            for freedom in (1, 2, 2.5, 4, 7.3, 20, 200)
        ],
    }
    for name, content in (("samples", samples), ("quantiles", quantiles)):
        with open(f"{name}.json", "w") as file:
            json.dump(content, file)
            file.write("\n")


main()
