"""What is said in recordings: text, its probability, and when each character and word was heard.

    transcriber = Transcriber(recognizer, Search("beam", width=8, language_model=function))
    (found,) = transcriber.transcribe([features])
    found.text, found.log_probability, found.words          # "three one", -0.2, (Timed("three", 0.31, 0.58), ...)

With CTC, "greedy" reads the likeliest path, "beam" searches prefixes (`common/ctc_decoding.py`); times are those of the
likeliest path that reads the text. With attention, "greedy" and "beam" write symbol by symbol (`common/decoding.py`,
`common/beam_search.py`); a character's time is where attention looked for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from common.beam_search import BeamConfig, beam_search
from common.ctc import align, collapse, ctc_loss, log_softmax
from common.ctc_decoding import LanguageModel, PrefixBeamConfig, greedy_path, prefix_beam_search
from common.decoding import Decoded, greedy
from common.errors import InputError
from week3.speech_recognition.alphabet import BLANK, END, SYMBOLS, decode, encode
from week3.speech_recognition.attention import AttentionDecoder
from week3.speech_recognition.data import FRAME_SECONDS
from week3.speech_recognition.network import Encoder, Encoding, ctc_logits, padded
from week3.speech_recognition.trained import TrainedRecognizer

METHODS = ("greedy", "beam")
DELAY = "delay seconds"  # the note of a network that says how late it writes, see `timing.py`
_SPACE = SYMBOLS.index(" ")
_BATCH = 32


@dataclass(frozen=True)
class Search:
    """How to look for the text.

    Attributes:
        method: "greedy" or "beam".
        width: of the beam.
        language_model: for CTC's beam; None for none.
        language_weight, symbol_bonus: see `common.ctc_decoding.PrefixBeamConfig`.
        length_penalty: for attention's beam, see `common.beam_search.BeamConfig`.
    """

    method: str = "greedy"
    width: int = 8
    language_model: LanguageModel | None = None
    language_weight: float = 0.5
    symbol_bonus: float = 0.0
    length_penalty: float = 0.0

    def __post_init__(self):
        if self.method not in METHODS:
            raise InputError(f"there is no search {self.method!r}; choose one of {', '.join(METHODS)}")
        if self.width < 1:
            raise InputError(f"the beam is {self.width} wide; give a whole number from 1 upwards")


@dataclass(frozen=True)
class Timed:
    """A character or a word with its time, in seconds from the beginning of the recording."""

    text: str
    begin: float
    end: float


@dataclass(frozen=True)
class Transcription:
    """What is said in a recording.

    Attributes:
        text: words with one space between.
        log_probability: of the text in nats: over all paths for CTC, of the symbols and the end for attention.
        characters: each with its time, spaces included.
        weights: attention's (characters + 1, places), the end last; CTC's log-probabilities (places, symbols).
        place_seconds: from one place to the next.
    """

    text: str
    log_probability: float
    characters: tuple[Timed, ...]
    weights: np.ndarray
    place_seconds: float

    @property
    def words(self) -> tuple[Timed, ...]:
        """Each word with its time."""
        return tuple(_words(self.characters))


class Transcriber:
    """A recognizer with a way to search.

    Raises:
        InputError: a language model is given to attention, whose decoder is one.
    """

    def __init__(self, trained: TrainedRecognizer, search: Search | None = None):
        self.trained, self.search = trained, search or Search()
        if trained.kind == "attention" and self.search.language_model is not None:
            raise InputError("attention takes no language model; leave it out, or choose the network ctc")
        self._encoder = Encoder(trained.config)
        self._decoder = AttentionDecoder(trained.config) if trained.kind == "attention" else None

    def transcribe(self, recordings: Sequence[np.ndarray]) -> list[Transcription]:
        """The transcriptions of recordings, each float32 (frames, features), in their order.

        Raises:
            InputError: a recording has too few frames for the convolution.
        """
        order = np.argsort([len(one) for one in recordings], kind="stable")
        found: dict[int, Transcription] = {}
        for start in range(0, len(order), _BATCH):
            numbers = order[start : start + _BATCH]
            encoding = self._encoder.encode(self.trained.parameters, *padded([recordings[one] for one in numbers]))
            read = self._by_attention(encoding) if self._decoder else self._by_ctc(encoding)
            found.update(zip(numbers.tolist(), read, strict=True))
        return [found[number] for number in range(len(recordings))]

    def _by_ctc(self, encoding: Encoding) -> list[Transcription]:
        logits = ctc_logits(self.trained.parameters, encoding.h)
        return [self._read(logits[:count, row]) for row, count in enumerate(encoding.places)]

    def _read(self, logits: np.ndarray) -> Transcription:
        search = self.search
        if search.method == "greedy":
            symbols = collapse(greedy_path(logits), blank=BLANK)
        else:
            config = PrefixBeamConfig(search.width, 1, search.language_weight, search.symbol_bonus)
            symbols = prefix_beam_search(logits, config, blank=BLANK, language_model=search.language_model)[0].symbols
        return _aligned(self.trained, logits, tidy(symbols))

    def _by_attention(self, encoding: Encoding) -> list[Transcription]:
        step, state = self._decoder.stepper(self.trained.parameters, encoding)
        longest = int(encoding.places.max()) + 1
        if self.search.method == "greedy":
            decoded = greedy(step, state, begin=END, end=END, maximum_length=longest, keep_attention=True)
        else:
            config = BeamConfig(self.search.width, 1, longest, length_penalty=self.search.length_penalty)
            decoded = beam_search(step, state, begin=END, end=END, config=config, keep_attention=True)
        return [self._looked(decoded, row, count) for row, count in enumerate(encoding.places)]

    def _looked(self, decoded: Decoded, row: int, places: int) -> Transcription:
        best = decoded.hypotheses(row)[0]
        seconds = self.trained.config.stride * FRAME_SECONDS
        weights = best.attention[:, :places]
        middles = self._middles(weights[: len(best.tokens)].argmax(axis=1))
        characters = tuple(
            Timed(SYMBOLS[token], middle, middle + seconds) for token, middle in zip(best.tokens, middles, strict=True)
        )
        return Transcription(decode(best.tokens).strip(), best.log_probability, characters, weights, seconds)

    def _middles(self, places: np.ndarray) -> list[float]:
        return [_seconds(self.trained, int(place)) for place in places]


def align_text(trained: TrainedRecognizer, features: np.ndarray, text: str) -> Transcription:
    """When each character of a known text is said, by the network's CTC output (both kinds have one).

    Raises:
        InputError: the text is empty or holds another character, or needs more frames than there are.
    """
    encoding = Encoder(trained.config).encode(trained.parameters, features[np.newaxis], [len(features)])
    return _aligned(trained, ctc_logits(trained.parameters, encoding.h)[:, 0], tuple(encode(text)))


def tidy(symbols: Sequence[int]) -> tuple[int, ...]:
    """Without spaces at the ends and after one another."""
    kept = [
        symbol for place, symbol in enumerate(symbols) if symbol != _SPACE or (place and symbols[place - 1] != _SPACE)
    ]
    return tuple(kept[:-1] if kept and kept[-1] == _SPACE else kept)


def _aligned(trained: TrainedRecognizer, logits: np.ndarray, symbols: tuple[int, ...]) -> Transcription:
    """The text of these symbols with the times of its likeliest path through (places, symbols) logits."""
    log_p = -float(ctc_loss(logits[np.newaxis], [len(logits)], [symbols], blank=BLANK).losses[0])
    spans = align(logits, symbols, blank=BLANK).spans
    characters = tuple(
        Timed(SYMBOLS[symbol], _seconds(trained, begin), _seconds(trained, end))
        for symbol, (begin, end) in zip(symbols, spans, strict=True)
    )
    seconds = trained.config.stride * FRAME_SECONDS
    return Transcription(decode(symbols), log_p, characters, log_softmax(logits.astype(np.float64)), seconds)


def _seconds(trained: TrainedRecognizer, place: int) -> float:
    """When a place begins: the stride around the middle of its convolution's frames, less the network's delay."""
    config = trained.config
    seconds = (place * config.stride + (config.kernel_size - config.stride) / 2) * FRAME_SECONDS
    return max(0.0, seconds - trained.notes.get(DELAY, 0.0))


def _words(characters: Sequence[Timed]) -> Iterator[Timed]:
    begun: list[Timed] = []
    for one in (*characters, Timed(" ", 0, 0)):
        if one.text != " ":
            begun.append(one)
        elif begun:
            yield Timed("".join(part.text for part in begun), begun[0].begin, begun[-1].end)
            begun = []
