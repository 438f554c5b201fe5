"""`compare --solution` on notebooks that a student could have written: it names the wrong function, and only that."""

import json
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]

FORWARD = """
def rnn_cell_forward(xt, a_prev, parameters):
    Wax, Waa, Wya = parameters["Wax"], parameters["Waa"], parameters["Wya"]
    a_next = np.tanh(np.dot(Wax, xt) + np.dot(Waa, a_prev) + parameters["ba"])
    yt_pred = softmax(np.dot(Wya, a_next) + parameters["by"])
    cache = (a_next, a_prev, xt, parameters)
    return a_next, yt_pred, cache
"""
BACKWARD = """
def rnn_cell_backward(da_next, cache):
    (a_next, a_prev, xt, parameters) = cache
    dtanh = (1 - a_next ** {power}) * da_next
    gradients = {{"dxt": np.dot(parameters["Wax"].T, dtanh), "dWax": np.dot(dtanh, xt.T),
                 "da_prev": np.dot(parameters["Waa"].T, dtanh), "dWaa": np.dot(dtanh, a_prev.T),
                 "dba": np.sum(dtanh, axis=1, keepdims=True)}}
    return gradients
"""


def write_notebook(path, *cells):
    content = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [{"cell_type": "code", "metadata": {}, "outputs": [], "source": cell} for cell in cells],
    }
    path.write_text(json.dumps(content))
    return path


def write_rnn_notebook(path, *, power):
    return write_notebook(
        path,
        "%load_ext autoreload\n%autoreload 2\nimport numpy as np\nfrom rnn_utils import *\nfrom public_tests import *",
        "import matplotlib.pyplot as plt\n%matplotlib inline\nplt.rcParams['figure.figsize'] = (7, 4)",
        FORWARD,
        "np.random.seed(1)\nxt_tmp = np.random.randn(3, 10)\nprint('xt', xt_tmp[0])",
        "rnn_cell_forward_test(rnn_cell_forward)",
        BACKWARD.format(power=power),
        "!ls -la\nfor step in range(10**9):\n    pass",
        "plt.plot(np.arange(3))\nplt.show()",
    )


def compare(shell, module, path, *options):
    done = shell(module, "compare", "--solution", path, *options)
    assert done.returncode in (0, 1), done.stderr
    return done


def some_figures(folder, assignment, functions):
    """A figures file with these functions' figures only."""
    content = json.loads((PROJECT / "week1" / assignment / "expected.json").read_text())
    content["figures"] = [record for record in content["figures"] if record["function"] in functions]
    path = folder / "figures.json"
    path.write_text(json.dumps(content))
    return path


def wrong_functions(done):
    return {row["function"] for row in json.loads(done.stdout)["figures"] if row["status"] == "mismatch"}


def test_a_notebook_with_one_right_and_one_wrong_function(shell, tmp_path):
    path = write_rnn_notebook(tmp_path / "rnn.ipynb", power=3)
    done = compare(shell, "week1.building_rnn", path, "--json")
    assert done.returncode == 1
    rows = json.loads(done.stdout)["figures"]
    by_function = {}
    for row in rows:
        by_function.setdefault(row["function"], set()).add(row["status"])
    assert by_function["rnn_cell_forward"] == {"match"}
    assert "mismatch" in by_function["rnn_cell_backward"]
    missing = [row for row in rows if row["function"] == "lstm_forward"]
    assert all("does not define lstm_forward" in row["reason"] for row in missing)


def test_the_table_names_the_wrong_function(shell, tmp_path):
    path = write_rnn_notebook(tmp_path / "rnn.ipynb", power=3)
    figures = some_figures(tmp_path, "building_rnn", {"rnn_cell_forward", "rnn_cell_backward"})
    done = compare(shell, "week1.building_rnn", path, "--figures", figures)
    assert done.stdout.splitlines()[-1] == "Mismatches in: rnn_cell_backward"
    right = write_rnn_notebook(tmp_path / "right.ipynb", power=2)
    done = compare(shell, "week1.building_rnn", right, "--figures", figures)
    assert done.returncode == 0 and "0 mismatch" in done.stdout


DINOSAURS = """
import numpy as np
from utils import *
import random, copy, pprint

data = open('dinos.txt', 'r').read()
data = data.lower()
chars = sorted(list(set(data)))
vocab = len(chars)

def clip(gradients, maxValue):
    gradients = copy.deepcopy(gradients)
    for gradient in gradients.values():
        np.clip(gradient, -maxValue, maxValue, out=gradient)
    return gradients

def sample(parameters, char_to_ix, seed):
    n_a, vocab_size = parameters['Waa'].shape[1], parameters['by'].shape[0]
    x, a_prev, indices, idx, counter = np.zeros((vocab_size, 1)), np.zeros((n_a, 1)), [], -1, 0
    newline = char_to_ix['\\n']
    while idx != newline and counter != 50:
        a = np.tanh(parameters['Wax'] @ x + parameters['Waa'] @ a_prev + parameters['b'])
        y = softmax(parameters['Wya'] @ a + parameters['by'])
        np.random.seed(counter + seed)
        idx = np.random.choice(range(len(y)), p=y.ravel())
        indices.append(idx)
        x = np.zeros((vocab_size, 1))
        x[idx] = 1
        a_prev = a
        seed += {step}
        counter += 1
    if counter == 50:
        indices.append(newline)
    return indices

def optimize(X, Y, a_prev, parameters, learning_rate=0.01):
    loss, cache = rnn_forward(X, Y, a_prev, parameters)
    gradients, a = rnn_backward(X, Y, parameters, cache)
    gradients = clip(gradients, 5)
    parameters = update_parameters(parameters, gradients, learning_rate)
    return loss, gradients, a[len(X) - 1]

def model(data_x, ix_to_char, char_to_ix, num_iterations=35000, n_a=50, dino_names=7, vocab_size=27, verbose=False):
    n_x, n_y = vocab_size, vocab_size
    parameters = initialize_parameters(n_a, n_x, n_y)
    loss = get_initial_loss(vocab_size, dino_names)
    examples = [x.strip() for x in data_x]
    np.random.seed(0)
    np.random.shuffle(examples)
    a_prev = np.zeros((n_a, 1))
    for j in range(num_iterations):
        name = [char_to_ix[c] for c in examples[j % len(examples)]]
        X, Y = [None] + name, name + [char_to_ix['\\n']]
        curr_loss, gradients, a_prev = optimize(X, Y, a_prev, parameters)
        loss = smooth(loss, curr_loss)
        if j % 2000 == 0:
            print('Iteration: %d, Loss: %f' % (j, loss) + '\\n')
            for seed in range(dino_names):
                print(get_sample(sample(parameters, char_to_ix, seed), ix_to_char).replace('\\n', ''))
            print('\\n')
    return parameters

parameters = model(data.split('\\n'), None, None, verbose=True)
"""


@pytest.mark.course
def test_a_dinosaur_notebook_with_the_courses_helper_module(shell, tmp_path, course):
    right = write_notebook(tmp_path / "right.ipynb", DINOSAURS.replace("{step}", "1"))
    done = compare(shell, "week1.dinosaur_island", right, "--json", "--course", course)
    assert wrong_functions(done) == set(), done.stdout
    assert done.returncode == 0
    content = json.loads(done.stdout)
    losses = [row for row in content["figures"] if row["function"] == "model" and row["status"] == "match"]
    assert len(losses) >= 10 and content["counts"]["match"] > 30

    wrong = write_notebook(tmp_path / "wrong.ipynb", DINOSAURS.replace("{step}", "2"))
    figures = some_figures(tmp_path, "dinosaur_island", {"clip", "sample", "optimize"})
    done = compare(shell, "week1.dinosaur_island", wrong, "--json", "--figures", figures)
    assert wrong_functions(done) == {"sample"}
