"""A plain reading of the GloVe text format, and made-up files."""

import numpy as np


def plain_read(content: bytes, dimensions: int) -> tuple[list[str], np.ndarray]:
    """Line by line with Python's float, the last `dimensions` tokens being the numbers."""
    words, rows = [], []
    for line in content.decode("utf-8").split("\n"):
        if line:
            word, *numbers = line.rsplit(" ", dimensions)
            words.append(word)
            rows.append([np.float32(float(number)) for number in numbers])
    return words, np.array(rows, dtype=np.float32).reshape(-1, dimensions)


def made_up(count: int, dimensions: int, seed: int = 0, form: str = "%.5g") -> bytes:
    """A file of `count` different words, some with points, digits and accents, in the way GloVe writes numbers."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(0, 0.5, (count, dimensions)).tolist()
    endings = ["", ".", "é", "-x", "'s", "1.5", "\u00a0", "\u0085"]
    words = [f"w{number}{endings[number % len(endings)]}" for number in range(count)]
    return "".join(
        f"{word} {' '.join(form % x for x in row)}\n" for word, row in zip(words, rows, strict=True)
    ).encode()


def same(vectors, words: list[str], matrix: np.ndarray) -> bool:
    """Whether the vectors are these, to the bit."""
    return (
        vectors.words[:] == words
        and [vectors.ids[word] for word in words] == list(range(len(words)))
        and np.ascontiguousarray(vectors.matrix).tobytes() == matrix.tobytes()
    )
