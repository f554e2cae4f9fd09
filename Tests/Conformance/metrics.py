# SPDX-License-Identifier: Apache-2.0
"""Reads /metrics with Prometheus' own parser, and holds it to the rules that the parser does not."""

import math
import time

from prometheus_client.parser import text_string_to_metric_families

from wire import fetch

PATIENCE = 20


def scrape(server):
    """The metrics as text."""
    answer = fetch(server.port, "GET", "/metrics")
    assert answer.status == 200 and answer.header("content-type") == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.header("cache-control") == "no-store"
    return answer.text


def metrics(server):
    """All samples, by name and the value of the label (in the order of their names, when there are several)."""
    return samples(scrape(server))


def samples(text):
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            values = tuple(value for _, value in sorted(sample.labels.items()))
            key = (sample.name, values[0] if len(values) == 1 else values or None)
            assert key not in found, f"{key} is there twice"
            found[key] = sample.value
    return found


def settled(server, expected):
    """The samples, as soon as these have the values expected, or less than so after a while an error."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = metrics(server)
        wrong = {key: found.get(key) for key, value in expected.items() if found.get(key) != value}
        if not wrong:
            return found
        assert time.monotonic() < deadline, f"found {wrong} of {expected}"
        time.sleep(0.1)


def check(text):
    """Whether it is what Prometheus' guide asks for: types, names, units, consistent histograms."""
    assert text.endswith("\n") and "\n\n" not in text
    families = list(text_string_to_metric_families(text))
    lines = text.splitlines()
    for family in families:
        name = family.name + ("_total" if family.type == "counter" else "")
        assert family.type in ("counter", "gauge", "histogram"), family
        assert family.documentation.endswith("."), family
        assert lines.count(f"# TYPE {name} {family.type}") == 1, f"{name} has one type"
        assert lines.index(f"# TYPE {name} {family.type}") == lines.index(f"# HELP {name} {family.documentation}") + 1
        assert name.startswith(("parley_", "process_")) and not name.endswith(("_ms", "_milliseconds", "_kb"))
        for sample in family.samples:
            assert math.isfinite(sample.value) and sample.value >= 0, sample
            if family.type == "histogram":
                assert sample.name[len(family.name):] in ("_bucket", "_sum", "_count"), sample
            else:
                assert sample.name == name, sample
        if family.type == "histogram":
            assert family.name.endswith("_seconds")
            check_histogram(family)
    return {family.name: family.type for family in families}


def check_histogram(family):
    groups = {}
    for sample in family.samples:
        labels = {key: value for key, value in sample.labels.items() if key != "le"}
        groups.setdefault(tuple(labels.items()), []).append(sample)
    for group in groups.values():
        buckets = [(float(sample.labels["le"]), sample.value) for sample in group if sample.name.endswith("_bucket")]
        [count] = [sample.value for sample in group if sample.name.endswith("_count")]
        [total] = [sample.value for sample in group if sample.name.endswith("_sum")]
        bounds, counts = zip(*buckets)
        assert list(bounds) == sorted(set(bounds)) and bounds[-1] == math.inf, bounds
        assert list(counts) == sorted(counts) and counts[-1] == count, (counts, count)
        # No sum is below what the buckets say, nor above the bound of the last one with a finite bound.
        least = sum((here - before) * low for here, before, low in zip(counts, (0, *counts), (0, *bounds)))
        assert total >= least * 0.999999, (total, least)
        if counts[-1] == counts[-2]:
            most = sum((here - before) * high for here, before, high in zip(counts[:-1], (0, *counts), bounds[:-1]))
            assert total <= most * 1.000001, (total, most)
