"""`WeightReport`: where every array of a file went, and what the file's layers mean that the model's do not."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Placement:
    """One layer of the file and the layer of the model that took its arrays.

    `how`: "layer_map", "name", "order" or "structure" (the first free layer of the same class and shapes). `weights`:
    (name in the file, shape in the file), in the file's order; `parameters`: how many numbers the model's layer took.
    """

    file_layer: str
    model_layer: str
    how: str
    weights: tuple[tuple[str, tuple[int, ...]], ...]
    parameters: int


@dataclass(frozen=True)
class Difference:
    """A setting on which the file's layer and the model's differ, so that they compute or return different things."""

    file_layer: str
    model_layer: str
    setting: str
    in_file: object
    in_model: object
    stated: bool = True

    def __str__(self) -> str:
        source = "" if self.stated else " (the default of its version; the file does not state it)"
        return (
            f"{self.model_layer}: {self.setting} is {self.in_model!r}, "
            f"in the file's {self.file_layer} {self.in_file!r}{source}"
        )


@dataclass
class WeightReport:
    """What `load_legacy_weights` did. `str(report)` is the whole of it as text.

    `differences`: settings that change outputs, return values or training. `notes`: what was converted on the way, and
    what could not be compared. `missing`: layers of the model that got nothing; `extra`: layers of the file that went
    nowhere (both empty unless `strict` was off).
    """

    path: str
    keras: str
    backend: str | None
    placements: list[Placement] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)

    @property
    def arrays(self) -> int:
        """How many arrays of the file were placed."""
        return sum(len(placement.weights) for placement in self.placements)

    @property
    def parameters(self) -> int:
        """How many numbers the model took from the file."""
        return sum(placement.parameters for placement in self.placements)

    @property
    def complete(self) -> bool:
        """Whether every array was placed and every layer of the model filled."""
        return not self.missing and not self.extra

    @property
    def same_meaning(self) -> bool:
        """Whether no difference in settings was found."""
        return not self.differences

    def __str__(self) -> str:
        backend = f" on {self.backend}" if self.backend else ""
        lines = [
            f"{self.path} (Keras {self.keras}{backend}): {self.arrays} arrays, {self.parameters:,} parameters "
            f"into {len(self.placements)} layers"
        ]
        lines += [f"  {p.file_layer} -> {p.model_layer} (by {p.how}), {p.parameters:,}" for p in self.placements]
        for title, entries in (
            ("differences of meaning", self.differences),
            ("notes", self.notes),
            ("layers of the model left as they were", self.missing),
            ("layers of the file not used", self.extra),
        ):
            if entries:
                lines += [f"{title}:", *(f"  {entry}" for entry in entries)]
        return "\n".join(lines)
