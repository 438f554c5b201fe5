import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from common.errors import InputError
from week1.dinosaur_island import course
from week1.dinosaur_island.course_algorithm import (
    CourseTraining,
    TrainingDiverged,
    read_course_data,
    sample_indices,
    train_by_name,
)
from week1.dinosaur_island.course_fast_step import FastStep
from week1.dinosaur_island.course_step import PARAMETER_NAMES, PlainStep, loss_and_gradients

VOCABULARY = {character: index for index, character in enumerate("\nabcdefghijklmnopqrstuvwxyz")}
CHARACTERS = {index: character for character, index in VOCABULARY.items()}
NAMES = ["corvala", "", "brimosk", "tellinurasterodax", "ob", "quenstra", "zizzyva", "mapo", "ilkarune", "fedwig", "xy"]


def random_parameters(n_a, vocab_size, *, seed=0, scale=1.0):
    rng = np.random.default_rng(seed)
    shapes = [(n_a, vocab_size), (n_a, n_a), (vocab_size, n_a), (n_a, 1), (vocab_size, 1)]
    return {name: scale * rng.standard_normal(shape) for name, shape in zip(PARAMETER_NAMES, shapes, strict=True)}


def copied(parameters):
    return {name: array.copy() for name, array in parameters.items()}


def log_likelihood_loss(X, Y, a, parameters):
    """The loss written with vectors and log-sum-exp, apart from the package's code."""
    total = 0.0
    a = a[:, 0]
    for x, y in zip(X, Y, strict=True):
        inputs = 0.0 if x is None else parameters["Wax"][:, x]
        a = np.tanh(inputs + parameters["Waa"] @ a + parameters["b"][:, 0])
        scores = parameters["Wya"] @ a + parameters["by"][:, 0]
        total += np.logaddexp.reduce(scores) - scores[y]
    return total, a


def assert_same_bits(first, second):
    for name in PARAMETER_NAMES:
        assert first[name].shape == second[name].shape
        assert np.array_equal(first[name], second[name]), name


# clip


def test_clip_limits_each_element_and_leaves_the_callers_arrays_alone():
    gradients = {"dWax": np.array([[-7.0, 2.0], [5.0, np.inf]]), "db": np.array([[-0.5], [-np.inf]])}
    before = copied(gradients)
    clipped = course.clip(gradients, 5)
    assert np.array_equal(clipped["dWax"], [[-5, 2], [5, 5]])
    assert np.array_equal(clipped["db"], [[-0.5], [-5]])
    for name, array in before.items():
        assert np.array_equal(gradients[name], array)


# optimize


@given(
    n_a=st.integers(1, 6),
    X=st.lists(st.one_of(st.none(), st.integers(0, 4)), min_size=1, max_size=6),
    seed=st.integers(0, 1000),
    data=st.data(),
)
@settings(max_examples=25, deadline=None)
def test_gradients_agree_with_finite_differences(n_a, X, seed, data):
    Y = data.draw(st.lists(st.integers(0, 4), min_size=len(X), max_size=len(X)))
    parameters = random_parameters(n_a, 5, seed=seed, scale=0.5)
    a_prev = np.random.default_rng(seed + 1).standard_normal((n_a, 1))
    loss, gradients, a_last = loss_and_gradients(X, Y, a_prev, parameters)
    expected_loss, expected_a = log_likelihood_loss(X, Y, a_prev, parameters)
    assert loss == pytest.approx(expected_loss, rel=1e-12)
    np.testing.assert_allclose(a_last[:, 0], expected_a, rtol=1e-12, atol=1e-14)
    for name in PARAMETER_NAMES:
        numeric = np.empty_like(parameters[name])
        for place in np.ndindex(numeric.shape):
            losses = []
            for step in (1e-5, -1e-5):
                moved = copied(parameters)
                moved[name][place] += step
                losses.append(log_likelihood_loss(X, Y, a_prev, moved)[0])
            numeric[place] = (losses[0] - losses[1]) / 2e-5
        error = np.linalg.norm(gradients[f"d{name}"] - numeric)
        assert error <= 1e-7 * max(1.0, np.linalg.norm(numeric)), name


def test_optimize_moves_the_parameters_in_place_against_the_clipped_gradients():
    parameters = random_parameters(8, 27, scale=0.1)
    arrays, before = dict(parameters), copied(parameters)
    X, Y, a_prev = [None, *[3] * 11], [*[3] * 11, 0], np.ones((8, 1))
    loss, gradients, a_last = course.optimize(X, Y, a_prev, parameters, learning_rate=0.125)
    raw = loss_and_gradients(X, Y, a_prev, before)[1]
    assert max(np.abs(gradient).max() for gradient in raw.values()) > 5  # or the clipping would not be seen
    assert loss == pytest.approx(log_likelihood_loss(X, Y, a_prev, before)[0])
    assert a_last.shape == (8, 1)
    for name in PARAMETER_NAMES:
        assert parameters[name] is arrays[name]
        np.testing.assert_allclose(gradients[f"d{name}"], np.clip(raw[f"d{name}"], -5, 5))
        np.testing.assert_allclose(parameters[name], before[name] - 0.125 * gradients[f"d{name}"])


@pytest.mark.parametrize(
    ("X", "Y", "words"),
    [
        ([], [], ["0 entries"]),
        ([None, 1], [1], ["2 entries", "1"]),
        ([None, 27], [1, 0], ["27"]),
        ([-1], [0], ["-1"]),
        ([None], [None], ["None"]),
    ],
)
def test_optimize_refuses_examples_that_cannot_be(X, Y, words):
    parameters = random_parameters(4, 27)
    before = copied(parameters)
    with pytest.raises(InputError) as caught:
        course.optimize(X, Y, np.zeros((4, 1)), parameters)
    assert all(word in str(caught.value) for word in words)
    assert_same_bits(parameters, before)


def test_shapes_that_do_not_fit_are_named():
    parameters = random_parameters(4, 27)
    with pytest.raises(InputError, match=r"a_prev.*\(3, 1\).*\(4, 1\)"):
        course.optimize([None], [0], np.zeros((3, 1)), parameters)
    parameters["Waa"] = np.zeros((5, 4))
    with pytest.raises(InputError, match=r"Waa.*\(5, 4\).*\(4, 4\)"):
        course.sample(parameters, VOCABULARY, 0)
    del parameters["by"]
    with pytest.raises(InputError, match="'by'"):
        course.sample(parameters, VOCABULARY, 0)


# sample


def sample_with_choice(parameters, seed):
    """The course's rule, drawn with np.random.choice itself."""
    indices, a, x = [], np.zeros(parameters["b"].shape[0]), None
    while len(indices) < 50 and (not indices or indices[-1] != 0):
        inputs = 0.0 if x is None else parameters["Wax"][:, x]
        a = np.tanh(inputs + parameters["Waa"] @ a + parameters["b"][:, 0])
        scores = parameters["Wya"] @ a + parameters["by"][:, 0]
        p = np.exp(scores - np.logaddexp.reduce(scores))
        np.random.seed(seed + 2 * len(indices))
        x = np.random.choice(range(len(p)), p=p)
        indices.append(int(x))
    return indices + [0] if len(indices) == 50 else indices


def test_sample_draws_as_the_global_choice_does_and_leaves_the_global_state_there():
    lengths = set()
    for seed in range(40):
        parameters = random_parameters(10, 27, seed=seed, scale=0.4)
        expected = sample_with_choice(parameters, seed)
        state = np.random.get_state()[1:3]
        assert course.sample(parameters, VOCABULARY, seed) == expected
        after = np.random.get_state()[1:3]
        assert np.array_equal(state[0], after[0]) and state[1] == after[1]
        lengths.add(len(expected))
    assert min(lengths) < 20 and max(lengths) == 51  # short names, and one cut at 50 characters, were among them


def test_a_generator_of_its_own_draws_the_same_and_leaves_the_global_one_alone():
    parameters = random_parameters(10, 27, seed=3, scale=0.4)
    np.random.seed(99)
    before = np.random.get_state()
    own = sample_indices(parameters, 0, seed=5, random_state=np.random.RandomState())
    assert np.array_equal(before[1], np.random.get_state()[1])
    assert own == course.sample(parameters, VOCABULARY, 5)


def test_sample_refuses_parameters_that_are_not_numbers_and_a_vocabulary_without_newline():
    parameters = random_parameters(4, 27)
    with pytest.raises(InputError, match="newline"):
        course.sample(parameters, {"a": 0}, 0)
    parameters["by"][3] = np.nan
    with pytest.raises(InputError, match="nan"):
        course.sample(parameters, VOCABULARY, 0)


# the fast step


def test_the_fast_step_has_the_same_bits_after_every_report_of_three_hundred_iterations():
    plain = CourseTraining(NAMES, VOCABULARY, plain=True)
    fast = CourseTraining(NAMES, VOCABULARY)
    beginning = fast.parameters
    for until in (1, 2, 11, 12, 100, 300):
        plain.advance(until)
        fast.advance(until)
        assert plain.report() == fast.report()
        assert_same_bits(plain.parameters, fast.parameters)
    assert not any(np.array_equal(beginning[name], fast.parameters[name]) for name in PARAMETER_NAMES)


@given(
    n_a=st.integers(1, 60),
    vocab_size=st.integers(1, 40),
    lengths=st.lists(st.integers(0, 30), min_size=1, max_size=5),
    seed=st.integers(0, 1000),
    max_value=st.sampled_from([0.05, 5.0]),
)
@example(n_a=1, vocab_size=2, lengths=[10, 12, 20], seed=1, max_value=5.0)
@settings(max_examples=40, deadline=None)
def test_the_fast_step_has_the_same_bits_for_any_size(n_a, vocab_size, lengths, seed, max_value):
    parameters = random_parameters(n_a, vocab_size, seed=seed, scale=0.7)
    options = {"learning_rate": 0.05, "max_value": max_value}
    plain, fast = PlainStep(parameters, **options), FastStep(parameters, longest=max(lengths), **options)
    rng = np.random.default_rng(seed)
    for length in lengths:
        indices = rng.integers(0, vocab_size, length).tolist()
        assert plain.step(plain.encode(indices, 0)) == fast.step(fast.encode(indices, 0))
    assert_same_bits(plain.parameters, fast.parameters)


def test_the_fast_step_has_the_same_bits_for_a_name_longer_than_its_stack():
    parameters = random_parameters(6, 27)
    indices = np.random.default_rng(0).integers(1, 27, 150).tolist()
    options = {"learning_rate": 0.01, "max_value": 5.0}
    plain, fast = PlainStep(parameters, **options), FastStep(parameters, longest=150, **options)
    for name in (indices, indices[:4], indices[::-1]):
        assert plain.step(plain.encode(name, 0)) == fast.step(fast.encode(name, 0))
    assert_same_bits(plain.parameters, fast.parameters)


# training


def test_one_run_reports_at_any_iteration_what_shorter_runs_end_with():
    names = list(NAMES)
    history = train_by_name(names, VOCABULARY, report_at=[40, 0, 25], n_a=12, dino_names=3)
    assert names == NAMES  # the caller's list is not shuffled
    assert sorted(history.reports) == [0, 25, 40]
    assert history.visited == [iteration % len(NAMES) for iteration in range(41)]
    for iteration, report in history.reports.items():
        shorter = CourseTraining(NAMES, VOCABULARY, n_a=12, dino_names=3)
        shorter.advance(iteration + 1)
        assert shorter.report() == report
        assert len(report.names) == 3
    assert train_by_name(NAMES, VOCABULARY, report_at=[5, 50], until=9, n_a=4).reports.keys() == {5}


def test_training_is_the_steps_of_optimize_from_the_courses_seeds():
    np.random.seed(1)
    parameters = {
        name: np.random.randn(*shape) * 0.01 for name, shape in (("Wax", (6, 27)), ("Waa", (6, 6)), ("Wya", (27, 6)))
    }
    parameters |= {"b": np.zeros((6, 1)), "by": np.zeros((27, 1))}
    shuffled = list(NAMES)
    np.random.seed(0)
    np.random.shuffle(shuffled)
    a_prev, loss = np.zeros((6, 1)), 2 * np.log(27)
    for iteration in range(30):
        indices = [VOCABULARY[character] for character in shuffled[iteration % len(shuffled)]]
        current, _, a_prev = course.optimize([None, *indices], [*indices, 0], a_prev, parameters)
        loss = 0.999 * loss + 0.001 * current
    history = train_by_name(NAMES, VOCABULARY, report_at=[29], n_a=6, dino_names=2)
    assert history.first_example == shuffled[0]
    assert history.reports[29].loss == pytest.approx(loss, rel=1e-14)
    assert_same_bits(history.parameters, parameters)


def test_training_leaves_the_global_generator_alone():
    np.random.seed(7)
    before = np.random.get_state()[1].copy()
    train_by_name(NAMES, VOCABULARY, report_at=[3], n_a=4)
    assert np.array_equal(before, np.random.get_state()[1])


def test_model_prints_losses_and_names_and_returns_the_last_one(capsys):
    parameters, last_name = course.model(
        [f" {name}\r" for name in NAMES], CHARACTERS, VOCABULARY, 2002, 5, 4, verbose=True
    )
    history = train_by_name(NAMES, VOCABULARY, report_at=[0, 2000], until=2002, n_a=5, dino_names=4)
    printed = capsys.readouterr().out
    lines = printed.splitlines()
    for iteration in (0, 2000):
        report = history.reports[iteration]
        start = lines.index(f"Iteration: {iteration}, Loss: {report.loss:f}")
        assert lines[start + 2 : start + 6] == report.names
    assert last_name == history.reports[2000].names[-1] + "\n"
    assert f"single_example = {history.first_example}" in lines
    assert {"j = 0 idx = 0", "j = 10 idx = 10", "j = 11 idx = 0"} <= set(lines)
    assert_same_bits(parameters, history.parameters)
    course.model(NAMES, CHARACTERS, VOCABULARY, 1, 5, 1)
    assert "idx" not in capsys.readouterr().out


def test_read_course_data_numbers_the_characters_in_order():
    names, char_to_ix = read_course_data("Ba\r\n Cab \nBa")
    assert names == ["ba", "cab", "ba"]
    assert char_to_ix == {"\n": 0, "a": 1, "b": 2, "c": 3}


# bad input


def test_no_names_and_unknown_characters_are_refused():
    with pytest.raises(InputError, match="empty"):
        train_by_name([], VOCABULARY)
    with pytest.raises(InputError, match="'ñandú' has the character 'ñ'"):
        train_by_name(["abc", "ñandú"], VOCABULARY)
    with pytest.raises(InputError, match="newline"):
        train_by_name(["a"], {"a": 0})
    with pytest.raises(InputError, match="vocab_size is 20"):
        course.model(["zebra"], CHARACTERS, VOCABULARY, vocab_size=20)


@pytest.mark.parametrize("plain", [True, False])
def test_a_loss_that_is_no_number_stops_with_the_iteration_and_the_last_good_parameters(plain):
    training = CourseTraining(NAMES, VOCABULARY, n_a=5, learning_rate=1e308, plain=plain)
    with pytest.raises(TrainingDiverged) as caught:
        training.advance(50)
    stopped = caught.value
    assert stopped.iteration == training.iteration > 0
    assert f"iteration {stopped.iteration}" in str(stopped)
    assert all(np.isfinite(array).all() for array in stopped.parameters.values())
    again = CourseTraining(NAMES, VOCABULARY, n_a=5, learning_rate=1e308, plain=plain)
    again.advance(stopped.iteration)
    assert_same_bits(stopped.parameters, again.parameters)
