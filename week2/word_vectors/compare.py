"""How the course's figures on word vectors are computed: vectors described by words, cosines of them, analogies.

A figure describes a vector as {"word": w}, {"difference": [a, b]} (a minus b), {"neutralize": w, "bias_axis": ...} or
{"equalize": [a, b], "result": 0 or 1, "bias_axis": ...}. The words' numbers are those of the course's GloVe file, or of
the figure's own "map". The file may be a part of the real one: a figure with a word that it lacks needs the whole.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from common.agreement import SelectionError, select
from common.assets import locate
from common.course_figures import Comparison, Context, Explanation, Figure, NotCompared, draw_inputs
from common.errors import MissingFileError
from common.seeding import legacy_numpy_seed

WHOLE_FILE_WORDS = 400_000
EXPECTED = Path(__file__).with_name("expected.json")
_FILE = "glove.6B.50d.txt"
_LAST_MAP = "the map of the figure before"

C_ALONE = (
    "The course's rule of 2021 skips word_c alone, so that a query word may be the answer; here all three query words "
    "are skipped, as in 2018 and as usual."
)
NOT_SQUARED = (
    "The figures printed in 2021 divide by the norm of the bias axis where its own equations, and those of 2018, have "
    "the squared norm; what comes out is no projection."
)
UNIT_LENGTH = (
    "Bolukbasi et al. divide each side by |e_B - mu_B|, which makes both vectors 1 long; the course's equations divide "
    "by |e - mu|. They differ where the pair does not differ along the bias axis alone."
)

Map = Mapping[str, np.ndarray]


class _Glove(Mapping):
    """The words of the vectors file; asking for one that it lacks says which file has it."""

    def __init__(self, words: Map, path: Path):
        self.words, self.path = words, path

    def __getitem__(self, word: str) -> np.ndarray:
        if word in self.words:
            return self.words[word]
        if len(self.words) >= WHOLE_FILE_WORDS:
            raise SelectionError(f"{word!r} is not among the {len(self.words):,} words of {self.path}")
        raise MissingFileError(
            f"{self.path} holds {len(self.words):,} words, a part of the whole, and lacks one of this figure's; "
            f"it needs the whole {_FILE} of 400,000 words",
            name=_FILE,
        )

    def __contains__(self, word: object) -> bool:
        return word in self.words

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __len__(self) -> int:
        return len(self.words)


def _words(figure: Figure, context: Context) -> Map:
    """The figure's own map, that of a figure before it ("the same toy map"), or the vectors file."""
    written = figure.inputs.get("map")
    if isinstance(written, Mapping):
        words = {word: np.array(numbers, dtype=np.float64) for word, numbers in written.items()}
        context.memory[_LAST_MAP] = words
        return words
    if written is not None:
        return context.memory.get(_LAST_MAP) or _shipped_map()
    return context.once(_FILE, lambda: _load(context.course))


def _load(course: Path | None) -> _Glove:
    from common.glove import load_vectors

    path = locate("glove-50d", course=course, shipped=False).path
    return _Glove(load_vectors(path).word_to_vec_map(), path)


def _shipped_map() -> Map:
    """The toy map of this assignment's own figures."""
    figures = json.loads(EXPECTED.read_text(encoding="utf-8"))["figures"]
    maps = (figure["inputs"].get("map") for figure in figures)
    found = next(map_ for map_ in maps if isinstance(map_, Mapping))
    return {word: np.array(numbers, dtype=np.float64) for word, numbers in found.items()}


def _vector(described: Any, words: Map, context: Context) -> np.ndarray:
    """The vector that a figure describes."""
    if isinstance(described, str):
        return words[described]
    if isinstance(described, list):
        return np.array(described, dtype=np.float64)
    if "word" in described:
        return words[described["word"]]
    if "difference" in described:
        first, second = described["difference"]
        return words[first] - words[second]
    axis = _vector(described["bias_axis"], words, context) if "bias_axis" in described else None
    if "neutralize" in described and axis is not None:
        word = described["neutralize"]
        return _call(context, "neutralize", [word], word, axis, words)
    if "equalize" in described and axis is not None:
        pair = tuple(described["equalize"])
        return _call(context, "equalize", pair, pair, axis, words)[int(described.get("result", 0))]
    raise SelectionError(f"no vector is described by {json.dumps(described)}")


def _call(context: Context, name: str, needed: Iterable[str], *arguments: Any) -> Any:
    """The context's function, the map its last argument; the words that it needs are looked for first."""
    *first, words = arguments
    for word in needed:
        words[word]
    return context.function(name)(*first, words.words if isinstance(words, _Glove) else words)


def _cosine(figure: Figure, context: Context) -> Any:
    """A cosine of two described or drawn vectors, by the function asked for; or what a stated rule gives."""
    if "u" not in figure.inputs and "rule" in figure.inputs:
        return _rule(figure, context)
    if "u" not in figure.inputs and "draws" in figure.inputs:
        u, v = list(draw_inputs(figure).values())[:2]
        return context.function("cosine_similarity")(u, v)
    return _cosine_of(figure, context, context.function("cosine_similarity"))


def _cosine_of(figure: Figure, context: Context, cosine: Callable[..., Any]) -> Any:
    words = _words(figure, context)
    u, v = (_vector(figure.inputs[side], words, context) for side in "uv")
    return cosine(u, v)


def _debiased(figure: Figure, context: Context) -> Any:
    """A cosine after neutralize or equalize, by our own cosine; without u and v the described vector itself."""
    from week2.word_vectors.course import cosine_similarity

    if "u" in figure.inputs:
        return _cosine_of(figure, context, cosine_similarity)
    return _elements(figure, _vector(figure.inputs, _words(figure, context), context))


def _rule(figure: Figure, context: Context) -> float:
    """The value that is farthest from the rule's, over vectors of the figure's own draws or of ours."""
    cosine, rule = context.function("cosine_similarity"), str(figure.inputs["rule"])
    vectors = _any_vectors(figure)
    if "identical" in rule:
        zeros = [np.zeros_like(vectors[0])] if "zero" in rule else []
        pairs = [(vector, vector.copy()) for vector in vectors + zeros]
    elif "orthogonal" in rule or "mask" in rule:
        pairs = [((vector >= 0) * 1, (vector < 0) * 1) for vector in vectors]
    elif "-a" in rule or "opposite" in rule:
        pairs = [(vector, -vector) for vector in vectors]
    else:
        raise SelectionError(f"the rule {rule!r} says nothing of which two vectors are meant")
    values = [float(cosine(u, v)) for u, v in pairs]
    return max(values, key=lambda value: abs(value - figure.expected) if value == value else np.inf)


def _any_vectors(figure: Figure) -> list[np.ndarray]:
    """Vectors for a rule that holds for any: the figure's draws, or ten of 50 numbers."""
    draws = figure.inputs.get("draws") or [[f"vector {number}", [50]] for number in range(10)]
    with legacy_numpy_seed(int(figure.inputs.get("seed", 3))):
        return [np.random.randn(*shape) for _, shape in draws]


def _analogy(figure: Figure, context: Context) -> str:
    """The answer; where the vectors file lacks a query word or the expected one, the whole file is needed."""
    words = _words(figure, context)
    asked = list(figure.inputs["words"])
    expected = [figure.expected] if isinstance(figure.expected, str) and isinstance(words, _Glove) else []
    answer = _call(context, "complete_analogy", asked + expected, *asked, words)
    if context.solution and answer != figure.expected and _by_the_other_rule(figure, context, answer):
        raise NotCompared("your complete_analogy skips word_c alone, as in 2021; this figure is of the rule of 2018")
    return answer


def _by_the_other_rule(figure: Figure, context: Context, answer: Any) -> bool:
    """Whether the figure is what the rule of 2018 gives, and a user's answer what that of 2021 gives."""
    from week2.word_vectors import course

    rules = (course.complete_analogy, course.complete_analogy_2021)
    contexts = [replace(context, functions={"complete_analogy": rule}, solution=None) for rule in rules]
    return [_analogy(figure, one) for one in contexts] == [figure.expected, answer]


def _axis(figure: Figure, context: Context) -> np.ndarray:
    """A described vector, or the elements of it that the figure prints."""
    if context.solution:
        raise NotCompared("the bias axis is a difference of two vectors of the file, no function of yours gives it")
    return _elements(figure, _vector(figure.inputs, _words(figure, context), context))


def _elements(figure: Figure, vector: np.ndarray) -> Any:
    if "elements" in figure.inputs:
        return vector[slice(*figure.inputs["elements"])]
    return select({"vector": vector, "g": vector}, figure.what)


def _explain(figure: Figure, context: Context) -> Iterable[Explanation]:
    """The course's own rules: what an analogy may answer, and what equalize divides by."""
    from week2.word_vectors import course

    if figure.function == "complete_analogy":
        ruled = replace(context, functions={"complete_analogy": course.complete_analogy_2021})
        yield Explanation(_analogy(figure, ruled), C_ALONE)
    elif "equalize" in json.dumps(figure.inputs):
        for rule, reason in ((course.equalize_2021, NOT_SQUARED), (course.equalize_to_unit_length, UNIT_LENGTH)):
            ruled = replace(context, functions={**context.functions, "equalize": rule})
            yield Explanation(COMPARISON.values[figure.function](figure, ruled), reason)


def _functions() -> dict[str, Callable[..., Any]]:
    from week2.word_vectors import course

    names = ("cosine_similarity", "complete_analogy", "neutralize", "equalize")
    return {name: getattr(course, name) for name in names}


def _helper_modules() -> dict[str, dict[str, Any]]:
    """What the course's notebook imports from its helper file."""
    from week2.word_vectors import course_notebook

    return {"w2v_utils": course_notebook.helper_names()}


COMPARISON = Comparison(
    assignment="week2/word_vectors",
    expected=EXPECTED,
    values={
        "cosine_similarity": _cosine,
        "complete_analogy": _analogy,
        "bias axis": _axis,
        "neutralize": _debiased,
        "equalize": _debiased,
    },
    functions=_functions,
    explain=_explain,
    helper_modules=_helper_modules,
    settled=lambda figure: True,  # an unverified figure here only lacked the file with its words
)
