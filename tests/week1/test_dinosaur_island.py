"""The character network and its stages, on tiny settings."""

import json
from dataclasses import replace

import numpy as np
import pytest

from common.errors import InputError
from common.seeding import make_rng
from week1.dinosaur_island.data import build_vocabulary, display, encode_batch, load_names, split_names
from week1.dinosaur_island.ensemble import Ensemble
from week1.dinosaur_island.evaluate import evaluate
from week1.dinosaur_island.generate import SampleConfig, generate
from week1.dinosaur_island.model import ModelConfig, build_model, from_keras, to_keras
from week1.dinosaur_island.network import CharacterNetwork, Dropout
from week1.dinosaur_island.train import TrainConfig, train

SYLLABLES = ("ra", "to", "mi", "sau", "lo", "ky", "nea", "dro")
NAMES = sorted({a + b + "x" * (i % 3) for i, a in enumerate(SYLLABLES) for b in SYLLABLES})
TINY = ModelConfig(1, n_embedding=4, n_units=8)
FAST = TrainConfig(epochs=3, batch_size=16, learning_rate=1e-2, dropout=Dropout(0.1, 0.1, 0.1, 0.1))


@pytest.fixture(scope="module")
def trained():
    return train(NAMES, model=TINY, config=replace(FAST, members=2))[0]


def test_a_batch_begins_with_the_end_token_and_stops_after_the_last_one():
    vocabulary = build_vocabulary(["ab", "c"])
    batch = encode_batch(["ab", "c"], vocabulary)
    a, b, c = (vocabulary.ids[character] for character in "abc")
    assert batch.inputs.T.tolist() == [[0, a, b], [0, c, 0]]
    assert batch.targets.T.tolist() == [[a, b, 0], [c, 0, 0]]
    assert batch.mask.T.tolist() == [[True, True, True], [True, True, False]]


def test_splits_are_seeded_disjoint_and_complete():
    training, held_out = split_names(NAMES, seed=3)
    assert sorted(training + held_out) == NAMES and len(held_out) == round(0.1 * len(NAMES))
    assert split_names(NAMES, seed=3) == (training, held_out) != split_names(NAMES, seed=4)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize(("n_embedding", "n_layers"), [(4, 1), (0, 2)])
def test_gradients_agree_with_finite_differences(cell, n_embedding, n_layers):
    names = ["rato", "mi", "saulo"]
    vocabulary = build_vocabulary(names)
    network = CharacterNetwork(ModelConfig(len(vocabulary), cell, n_embedding, 5, n_layers), dtype=np.float64)
    parameters = network.initialize(np.random.default_rng(0))
    batch = encode_batch(names, vocabulary)
    rates = Dropout(embedding=0.3 if n_embedding else 0, recurrent=0.3, output=0.3)

    def loss():
        return network.loss_and_gradients(parameters, batch, dropout=rates, rng=np.random.default_rng(1))[0]

    _, gradients = network.loss_and_gradients(parameters, batch, dropout=rates, rng=np.random.default_rng(1))
    assert set(gradients) == set(parameters)
    for name, value in parameters.items():
        numeric = np.zeros_like(value)
        for index in np.ndindex(value.shape):
            kept, step = value[index], 1e-6
            value[index] = kept + step
            above = loss()
            value[index] = kept - step
            numeric[index] = (above - loss()) / (2 * step)
            value[index] = kept
        error = np.linalg.norm(numeric - gradients[name]) / max(np.linalg.norm(numeric), 1e-8)
        assert error < 1e-6, name


@pytest.mark.parametrize(
    "config", [TINY, replace(TINY, cell="gru", n_layers=2), replace(TINY, cell="rnn", n_embedding=0)]
)
def test_the_keras_model_gives_the_same_probabilities(config):
    vocabulary = build_vocabulary(NAMES)
    config = replace(config, n_vocab=len(vocabulary))
    network = CharacterNetwork(config)
    parameters = network.initialize(np.random.default_rng(0))
    batch = encode_batch(NAMES[:5], vocabulary)
    model = build_model(config)
    to_keras(model, parameters)
    theirs = np.asarray(model(batch.inputs.T))
    ours = np.exp(network.log_probabilities(parameters, batch)).transpose(1, 0, 2)
    assert np.abs(theirs - ours)[batch.mask.T].max() < 1e-5
    back = from_keras(model)
    assert set(back) == set(parameters) and all(np.array_equal(back[name], parameters[name]) for name in back)


def test_stepping_gives_what_the_whole_sequence_gives(trained):
    name = NAMES[7]
    batch = encode_batch([name], trained.vocabulary)
    whole, states = trained.log_probabilities(batch), trained.initial_state(1)
    for step, identifier in enumerate(batch.inputs[:, 0]):
        scores, states = trained.step(np.array([identifier]), states)
        assert np.abs(scores - whole[step]).max() < 1e-5


def test_an_ensemble_is_at_least_as_good_as_its_members_are_on_average(trained):
    alone = [replace_members(trained, [member]).cross_entropy(NAMES) for member in trained.members]
    assert trained.cross_entropy(NAMES) <= np.mean(alone) + 1e-9
    total = -trained.name_log_probabilities(NAMES).sum() / sum(len(name) + 1 for name in NAMES)
    assert trained.cross_entropy(NAMES) == pytest.approx(total)


def replace_members(ensemble, members):
    return Ensemble(ensemble.config, ensemble.vocabulary, members, {})


def test_training_learns():
    one, history = train(NAMES, model=replace(TINY, n_units=32), config=replace(FAST, epochs=25))
    assert history[0].loss < 0.7 * np.log(len(one.vocabulary))
    assert history[0].validation[0] > history[0].loss


def test_an_interrupted_training_ends_with_the_same_bits(tmp_path):
    config = replace(FAST, epochs=4, members=2)
    whole, _ = train(NAMES, model=TINY, config=config)

    class Stop(Exception):
        pass

    for stop_after in (1, 3, 5):
        seen = []

        def report(member, progress, seen=seen, stop_after=stop_after):
            seen.append(progress.epoch)
            if len(seen) >= stop_after:
                raise Stop

        with pytest.raises(Stop):
            train(NAMES, model=TINY, config=config, checkpoint=tmp_path, report=report)
    resumed, _ = train(NAMES, model=TINY, config=config, checkpoint=tmp_path)
    for ours, theirs in zip(resumed.members, whole.members, strict=True):
        assert all(np.array_equal(ours[name], theirs[name]) for name in theirs)


def test_a_damaged_checkpoint_is_named(tmp_path):
    train(NAMES, model=TINY, config=FAST, checkpoint=tmp_path)
    (path,) = tmp_path.rglob("*.npz")
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(InputError, match="no usable checkpoint"):
        train(NAMES, model=TINY, config=FAST, checkpoint=tmp_path)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_loss_that_is_not_a_number_ends_the_training_with_good_parameters():
    ensemble, history = train(NAMES, model=TINY, config=replace(FAST, learning_rate=1e38, clip_norm=1e30, members=2))
    assert len(history) == 1
    assert "iteration" in history[0].problem or "epoch" in history[0].problem
    assert all(np.isfinite(value).all() for value in ensemble.members[0].values())


def test_patience_stops_early():
    config = replace(FAST, epochs=200, patience=2, learning_rate=0.3)
    _, history = train(NAMES, model=TINY, config=config)
    assert len(history[0].validation) < 200
    assert len(history[0].validation) - 1 - int(np.argmin(history[0].validation)) == 2


@pytest.mark.parametrize("members", [1, 2])
def test_weights_survive_the_file(tmp_path, trained, members):
    ensemble = replace_members(trained, trained.members[:members])
    ensemble.notes["known names"] = NAMES
    loaded = Ensemble.load(ensemble.save(tmp_path / "w.npz"))
    assert loaded.cross_entropy(NAMES) == ensemble.cross_entropy(NAMES)
    assert loaded.notes == ensemble.notes and loaded.config == ensemble.config
    assert loaded.vocabulary == ensemble.vocabulary


def test_files_that_are_no_weights_of_ours(tmp_path, trained):
    path = trained.save(tmp_path / "w.npz")
    content = path.read_bytes()
    np.savez(tmp_path / "other.npz", x=np.ones(3))
    cases = {
        "empty.npz": b"",
        "cut.npz": content[: len(content) // 2],
        "text.npz": b"hello",
        "pointer.npz": b"version https://git-lfs.github.com/spec/v1\n",
        "other.npz": (tmp_path / "other.npz").read_bytes(),
    }
    for name, damaged in cases.items():
        (tmp_path / name).write_bytes(damaged)
        with pytest.raises(InputError, match=name):
            Ensemble.load(tmp_path / name)


def test_a_weights_file_with_a_wrong_shape_is_refused(tmp_path, trained):
    path = trained.save(tmp_path / "w.npz")
    arrays = dict(np.load(path))
    arrays["0/output/bias"] = np.zeros(99, np.float32)
    np.savez(path, **arrays)
    with pytest.raises(InputError, match=r"output/bias has shape \(99,\)"):
        Ensemble.load(path)


def test_generated_names_obey_the_options(trained):
    options = SampleConfig(prefix="Ra", max_length=9, temperature=1.2)
    names = generate(trained, 30, options, make_rng(1))
    texts = [name.text for name in names]
    assert len(set(texts)) == len(texts) == 30
    assert all(text.startswith("ra") and len(text) <= 9 for text in texts)
    assert texts == [name.text for name in generate(trained, 30, options, make_rng(1))]
    assert texts != [name.text for name in generate(trained, 30, options, make_rng(2))]


def test_known_names_are_flagged_or_left_out(trained):
    options = SampleConfig(temperature=0.5)
    known = {name.text for name in generate(trained, 20, options, make_rng(0))}
    assert all(name.known for name in generate(trained, 20, options, make_rng(0), known=known))
    fresh = generate(trained, 20, replace(options, new_only=True), make_rng(0), known=known)
    assert fresh and not {name.text for name in fresh} & known


def test_greedy_generation_gives_one_name_and_its_probability_is_the_models(trained):
    (name,) = generate(trained, 5, SampleConfig(temperature=0), make_rng(0))
    assert name.log_probability == pytest.approx(float(trained.name_log_probabilities([name.text])[0]))


@pytest.mark.parametrize(
    ("prefix", "message"), [("t-rex", "holds '-'"), ("ra" * 30, "leaves no room"), ("\n", "holds")]
)
def test_a_prefix_that_cannot_be(trained, prefix, message):
    with pytest.raises(InputError, match=message):
        generate(trained, 1, SampleConfig(prefix=prefix), make_rng(0))


def test_evaluation_never_trains_on_the_names_it_reports(monkeypatch):
    recipes = {"a": (TINY, replace(FAST, epochs=1)), "b": (TINY, replace(FAST, epochs=2))}
    messages = []
    results = list(evaluate(NAMES, splits=2, members=2, recipes=recipes, processes=1, report=messages.append))
    assert [result.split for result in results] == [0, 1]
    for result in results:
        _, held_out = split_names(NAMES, seed=result.split)
        assert result.held_out == len(held_out)
        assert result.recipe in recipes and 2 <= result.ngram_order <= 7
        assert len(result.members) == 2 and result.network <= np.mean(result.members) + 1e-9
    assert len(messages) == 2 * (2 + 2)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"Rex\n" * 50, "has 1 distinct names"),
        (b"\x00\x01\x02", "binary"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "Git-LFS pointer"),
        (("x" * 300 + "\n" + "\n".join(NAMES)).encode(), "a name of 300 characters"),
    ],
)
def test_names_files_that_cannot_be_used(tmp_path, content, message):
    (tmp_path / "names.txt").write_bytes(content)
    with pytest.raises(InputError, match=message) as error:
        load_names(tmp_path / "names.txt")
    assert "names.txt" in str(error.value)


def test_names_in_any_script_with_any_line_ending(tmp_path):
    names = [f"Þór {number}é🦖" for number in range(20)]
    (tmp_path / "names.txt").write_bytes("\r\n".join(["", *names, *names]).encode("utf-8-sig"))
    loaded = load_names(tmp_path / "names.txt")
    assert loaded == [name.lower() for name in names]
    assert {"þ", "🦖", " "} <= set(build_vocabulary(loaded).tokens)
    assert display("new york") == "New York"


def test_the_verbs_from_the_shell(shell, tmp_path, without_course):
    (tmp_path / "names.txt").write_text("\n".join(NAMES))
    done = shell("week1.dinosaur_island", "train", "--names", "names.txt", "--units", 8, "--epochs", 2)
    assert done.returncode == 0, done.stderr
    assert "validation cross-entropy" in done.stdout
    folder = tmp_path / "out/week1/dinosaur_island/train"
    left = {path.name for path in folder.iterdir()}
    assert left == {"config.json", "metrics.json", "names.txt", "weights.npz", "loss.png", "page.json"}
    assert json.loads((folder / "config.json").read_text())["settings"]["units"] == 8

    done = shell("week1.dinosaur_island", "generate", "--count", 3, "--prefix", "R")
    assert done.returncode == 0, done.stderr
    assert "trained last" in done.stderr
    assert len(done.stdout.splitlines()) == 3 and all(line.startswith("R") for line in done.stdout.splitlines())
    assert (tmp_path / "out/week1/dinosaur_island/generate/probabilities.png").stat().st_size > 5000

    done = shell(
        "week1.dinosaur_island", "evaluate", "--names", "names.txt", "--splits", 1, "--members", 1, "--epochs", 1
    )
    assert done.returncode == 0, done.stderr
    assert "mean" in done.stdout and "Kneser-Ney" in done.stdout

    done = shell("week1.dinosaur_island", "train", "--names", "nothing.txt")
    assert done.returncode == 2 and done.stderr.splitlines()[-1].startswith("error: nothing.txt: no such file")


def test_without_the_course_the_comparison_says_what_it_needs(shell, without_course):
    done = shell("week1.dinosaur_island", "compare", "--json")
    assert done.returncode == 0, done.stderr
    content = json.loads(done.stdout)
    assert content["counts"]["mismatch"] == 0 and content["counts"]["needs"] > 0
    assert {row["status"] for row in content["figures"]} == {"match", "explained", "needs dinos.txt"}


def test_the_shipped_weights_reach_the_figure_they_ship_for():
    """Held-out names of the shipped list: better than the n-gram tuned on the same nine tenths."""
    from common.ngram import KneserNey, tune
    from week1.dinosaur_island.data import check_weights_file, find_names

    names = load_names(find_names().path)
    ensemble = Ensemble.load(check_weights_file(None).path)
    training, held_out = split_names(names)
    assert ensemble.notes["held-out names"] == held_out and ensemble.notes["known names"] == names
    loss = ensemble.cross_entropy(held_out)
    assert loss == pytest.approx(ensemble.notes["held-out cross-entropy (nats per character)"], abs=2e-3)
    inner, watched = split_names(training)
    options = {"vocabulary": ensemble.vocabulary.tokens, "end": "\n"}
    best = tune(inner, watched, **options)
    ngram = KneserNey.fit(training, order=best.order, discount_scale=best.discount_scale, **options)
    assert loss < ngram.cross_entropy(held_out)
