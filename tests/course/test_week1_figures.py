"""Every printed figure of the course's week 1 assignments, reproduced or explained."""

import json

import pytest


def compare(shell, module, *options):
    done = shell(module, "compare", "--json", *options)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_the_recurrent_network(shell, course):
    content = compare(shell, "week1.building_rnn", "--figures", course / "figures" / "w1a1.json")
    assert content["counts"] == {"match": 61, "explained": 9, "needs": 0, "mismatch": 0, "other": 0}
    explained = {row["function"] for row in content["figures"] if row["status"] == "explained"}
    assert explained == {"lstm_backward", "rnn_cell_backward"}
    assert all("That rule gives" in row["reason"] for row in content["figures"] if row["status"] == "explained")


def test_the_dinosaur_names(shell, course):
    content = compare(shell, "week1.dinosaur_island", "--figures", course / "figures" / "w1a2.json")
    counts = content["counts"]
    assert counts["mismatch"] == counts["needs"] == 0 and counts["other"] == 8
    for row in content["figures"]:
        if row["function"] == "model" and "22000" not in row["id"] and "34000" not in row["id"]:
            assert row["status"] == "match", row


@pytest.mark.parametrize("module", ["week1.building_rnn", "week1.dinosaur_island"])
def test_the_shipped_figures_are_the_courses(shell, course, module):
    """expected.json holds the same figures as the course folder's file."""
    counts = compare(shell, module)["counts"]
    assert counts["match"] + counts["explained"] == {"week1.building_rnn": 70, "week1.dinosaur_island": 56}[module]
