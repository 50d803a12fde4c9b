"""Makes MetricsFixtures.json: scikit-learn's figures for the metrics tests.

Run: python3 MetricsFixtures.py > MetricsFixtures.json   (needs numpy and scikit-learn; the tests do not)
"""

import json
import sys

import numpy as np
import sklearn
from sklearn import metrics as m

rng = np.random.default_rng(2019)


def case(name, scores, classes, threshold=0.5):
    s, c = np.asarray(scores, float), np.asarray(classes, int)
    verdict = (s >= threshold).astype(int)
    tn, fp, fn, tp = m.confusion_matrix(c, verdict, labels=[0, 1]).ravel().tolist()
    both = 0 < c.sum() < len(c)
    out = dict(name=name, threshold=threshold, scores=s.tolist(), classes=c.tolist(),
               tn=tn, fp=fp, fn=fn, tp=tp, accuracy=m.accuracy_score(c, verdict))
    out["roc_auc"] = m.roc_auc_score(c, s) if both else None
    out["pr_auc"] = m.average_precision_score(c, s) if c.sum() else None
    out["f1"] = m.f1_score(c, verdict) if tp + fp + fn else None
    out["sensitivity"] = m.recall_score(c, verdict) if c.sum() else None
    out["specificity"] = m.recall_score(c, verdict, pos_label=0) if (c == 0).any() else None
    out["ppv"] = m.precision_score(c, verdict) if tp + fp else None
    out["brier"] = m.brier_score_loss(c, s) if both else float(np.mean((s - c) ** 2))
    if both:
        fpr, tpr, _ = m.roc_curve(c, s, drop_intermediate=False)
        out["fpr"], out["tpr"] = fpr.tolist(), tpr.tolist()
        precision, recall, thresholds = m.precision_recall_curve(c, s)
        # scikit-learn goes from recall 1 to 0; ours from 0 to 1
        out["precision"], out["recall"] = precision[::-1].tolist(), recall[::-1].tolist()
        f1 = [m.f1_score(c, (s >= t).astype(int)) for t in thresholds]
        out["best_f1"] = max(f1)
    # expected calibration error, ten equal bins, by hand
    bins = np.minimum(9, np.floor(s * 10).astype(int))
    out["ece"] = sum(abs(s[bins == b].mean() - c[bins == b].mean()) * (bins == b).sum()
                     for b in range(10) if (bins == b).any()) / len(s)
    return out


def noisy(n, share, spread):
    c = (rng.random(n) < share).astype(int)
    s = 1 / (1 + np.exp(-(spread * (c - 0.5) + rng.normal(size=n))))
    return s, c


s1, c1 = noisy(60, 0.4, 2.0)
s2, c2 = noisy(80, 0.3, 1.5)
s3, c3 = noisy(40, 0.5, 0.0)
cases = [
    case("no ties", s1, c1),
    case("heavy ties: one decimal", np.round(s2, 1), c2),
    case("two values only", (s2 > 0.4).astype(float), c2),
    case("all tied", np.full(12, 0.25), [1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0]),
    case("all tied at the threshold", np.full(6, 0.5), [1, 0, 0, 1, 0, 1]),
    case("no skill", s3, c3, 0.3),
    case("perfect", [0.9, 0.8, 0.2, 0.1], [1, 1, 0, 0]),
    case("upside down", [0.9, 0.8, 0.2, 0.1], [0, 0, 1, 1]),
    case("no positives", [0.9, 0.8, 0.2, 0.1], [0, 0, 0, 0]),
    case("no negatives", [0.9, 0.8, 0.2, 0.1], [1, 1, 1, 1]),
    case("nothing judged AF", [0.4, 0.3, 0.2, 0.1], [1, 0, 1, 0]),
    case("ends of the scale", [0.0, 1.0, 1.0, 0.0, 0.5], [0, 1, 0, 1, 1]),
]
json.dump(dict(made_with=f"scikit-learn {sklearn.__version__}, numpy {np.__version__}", cases=cases),
          sys.stdout, separators=(",", ":"))
print()
