"""The recognizer's networks: gradients against finite differences, the encoder against Keras, batches and singles."""

import numpy as np
import pytest

from common.errors import InputError
from week3.speech_recognition.attention import AttentionDecoder
from week3.speech_recognition.model import ModelConfig, build_model
from week3.speech_recognition.network import Encoder, ctc_logits, ctc_step, padded

SMALL = ModelConfig(
    "attention", n_features=5, kernel_size=3, stride=2, n_filters=4, n_units=3, dropout=0.3,
    n_embedding=3, n_decoder=4, n_attention=5, n_location=2, location_size=3,
)  # fmt: skip
TRANSCRIPTS = [[3, 3, 1], [5], [2, 4]]
FRAMES = (17, 9, 12)


def networks(config=SMALL, dtype=np.float64, seed=0):
    rng = np.random.default_rng(seed)
    encoder, decoder = Encoder(config, dtype=dtype), AttentionDecoder(config, dtype=dtype)
    parameters = encoder.initialize(rng) | (decoder.initialize(rng) if config.kind == "attention" else {})
    assert {name: value.shape for name, value in parameters.items()} == config.parameter_shapes()
    return encoder, decoder, {name: value + rng.normal(size=value.shape) * 0.1 for name, value in parameters.items()}


def recordings(frames=FRAMES, n=5):
    rng = np.random.default_rng(1)
    return padded([rng.normal(size=(count, n)).astype(np.float32) for count in frames])


def both_losses(encoder, decoder, parameters, weights=(0.4, 0.6)):
    """(weighted loss, gradients) with dropout masks that a seed decides."""
    rng = np.random.default_rng(2)
    encoding = encoder.encode(parameters, *recordings(), dropout=rng)
    ctc = ctc_step(parameters, encoding, TRANSCRIPTS, weight=weights[0])
    written = decoder.loss(parameters, encoding, TRANSCRIPTS, dropout=rng, weight=weights[1])
    gradients = encoder.backward(parameters, encoding, ctc.dh + written.dh) | ctc.gradients | written.gradients
    return weights[0] * ctc.loss + weights[1] * written.loss, gradients


def test_all_gradients_against_finite_differences():
    encoder, decoder, parameters = networks()
    _, gradients = both_losses(encoder, decoder, parameters)
    assert set(gradients) == set(SMALL.parameter_shapes())
    rng, step = np.random.default_rng(3), 1e-6
    for name, value in parameters.items():
        assert gradients[name].shape == value.shape
        for flat in rng.choice(value.size, min(6, value.size), replace=False):
            place = np.unravel_index(flat, value.shape)
            kept, found = value[place], []
            for change in (step, -step):
                value[place] = kept + change
                found.append(both_losses(encoder, decoder, parameters)[0])
            value[place] = kept
            wanted = (found[0] - found[1]) / (2 * step)
            assert gradients[name][place] == pytest.approx(wanted, rel=1e-5, abs=1e-7), f"{name}{place}"


def test_a_batch_is_its_recordings_one_by_one():
    encoder, decoder, parameters = networks()
    features, frames = recordings()
    together = encoder.encode(parameters, features, frames)
    ctc, written = (ctc_step(parameters, together, TRANSCRIPTS), decoder.loss(parameters, together, TRANSCRIPTS))
    losses = np.zeros(2)
    for row, count in enumerate(frames):
        alone = encoder.encode(parameters, features[row : row + 1, :count], [count])
        places = alone.places[0]
        np.testing.assert_allclose(together.h[:places, row], alone.h[:, 0], atol=1e-12)
        assert not together.h[places:, row].any()
        losses += ctc_step(parameters, alone, TRANSCRIPTS[row : row + 1]).loss, decoder.loss(
            parameters, alone, TRANSCRIPTS[row : row + 1]
        ).loss  # fmt: skip
    assert losses == pytest.approx([ctc.loss, written.loss], rel=1e-9)


def test_the_encoder_against_keras():
    import keras

    config = ModelConfig(n_features=6, n_filters=8, n_units=5, n_layers=2)
    encoder, _, parameters = networks(config, np.float32)
    model = build_model(config)
    assert isinstance(model.get_layer("recurrent_1"), keras.layers.Bidirectional)
    for layer in model.layers:
        names = [name for name in config.encoder_shapes() if name.startswith(f"{layer.name}/")]
        if names:
            layer.set_weights([parameters[name] for name in names])
    features, frames = recordings((40, 40), 6)
    ours = ctc_logits(parameters, encoder.encode(parameters, features, frames).h)
    np.testing.assert_allclose(ours.transpose(1, 0, 2), np.asarray(model(features)), atol=2e-5)


def plain_attention(parameters, memory, text):
    """The decoder in plain loops over one recording: memory (P, E); log-probabilities of the text's symbols and end."""
    p, places = parameters, len(memory)
    s, c, seen = np.zeros(SMALL.n_decoder), np.zeros(memory.shape[1]), np.zeros(places)
    total, n, half = 0.0, SMALL.n_decoder, SMALL.location_size // 2
    for before, wanted in zip([0, *text], [*text, 0], strict=True):
        x = np.concatenate([p["embedding/embeddings"][before], c])
        a = x @ p["decoder/kernel"] + p["decoder/bias"][0]
        b = s @ p["decoder/recurrent_kernel"] + p["decoder/bias"][1]
        z, r = 1 / (1 + np.exp(-(a + b)[:n])), 1 / (1 + np.exp(-(a + b)[n : 2 * n]))
        s = z * s + (1 - z) * np.tanh(a[2 * n :] + r * b[2 * n :])
        scores = np.zeros(places)
        for j in range(places):
            location = np.zeros(SMALL.n_location)
            for k in range(SMALL.location_size):
                if 0 <= j + k - half < places:
                    location += seen[j + k - half] * p["attention/filters"][k]
            inner = s @ p["attention/query"] + memory[j] @ p["attention/keys"] + p["attention/bias"]
            scores[j] = np.tanh(inner + location @ p["attention/location"]) @ p["attention/score"]
        alpha = np.exp(scores) / np.exp(scores).sum()
        seen = seen + alpha
        c = sum(alpha[j] * memory[j] for j in range(places))
        logits = np.concatenate([s, c]) @ p["output/kernel"] + p["output/bias"]
        total += logits[wanted] - np.log(np.exp(logits).sum())
    return total


def test_the_decoder_against_plain_loops():
    encoder, decoder, parameters = networks()
    encoding = encoder.encode(parameters, *recordings())
    memories = [encoding.h[:count, row] for row, count in enumerate(encoding.places)]
    wanted = [plain_attention(parameters, *one) for one in zip(memories, TRANSCRIPTS, strict=True)]
    assert decoder.loss(parameters, encoding, TRANSCRIPTS).loss == pytest.approx(-sum(wanted), rel=1e-9)


def test_the_step_function_scores_as_training_does():
    from common.decoding import score_tokens

    encoder, decoder, parameters = networks()
    encoding = encoder.encode(parameters, *recordings())
    step, state = decoder.stepper(parameters, encoding)
    tokens = np.zeros((3, 4), int)
    for row, transcript in zip(tokens, TRANSCRIPTS, strict=True):
        row[: len(transcript)] = transcript
    scores = score_tokens(step, state, tokens, [len(one) + 1 for one in TRANSCRIPTS], begin=0)
    assert -scores.sum() == pytest.approx(decoder.loss(parameters, encoding, TRANSCRIPTS).loss, rel=1e-6)


def test_too_short_a_recording_and_too_long_a_text():
    encoder, _, parameters = networks()
    with pytest.raises(InputError, match="2 frames, but at least 3"):
        encoder.encode(parameters, *recordings((2, 9)))
    encoding = encoder.encode(parameters, *recordings((5,)))
    with pytest.raises(InputError, match="needs 3 frames"):
        ctc_step(parameters, encoding, [[1, 1]])


@pytest.mark.parametrize("change", [{"kind": "rnn"}, {"n_units": 0}, {"dropout": 1.0}, {"location_size": 4}])
def test_sizes_that_are_none(change):
    with pytest.raises(InputError):
        ModelConfig(**change)


def test_frames_and_places():
    config = ModelConfig(kernel_size=7, stride=3)
    for frames in range(7, 30):
        assert config.places(frames) == len(range(0, frames - 6, 3))
        assert config.frames_for(config.places(frames)) <= frames < config.frames_for(config.places(frames) + 1)
