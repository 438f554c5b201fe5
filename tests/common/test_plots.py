"""Pictures are written whole or not at all, and the user's own style is left alone."""

import matplotlib
import pytest

from common.plots import COLOURS, new_figure, save_figure, style, styled


def test_a_figure_is_written_and_nothing_else_remains(tmp_path):
    figure, axes = new_figure(1, 2, width=4, height=2)
    axes[0].plot([1, 2, 3])
    path = save_figure(figure, tmp_path / "pictures" / "line.png")
    assert path.read_bytes().startswith(b"\x89PNG")
    assert [found.name for found in path.parent.iterdir()] == ["line.png"]


def test_a_failed_picture_leaves_the_old_one(tmp_path):
    target = tmp_path / "line.nonsense"
    target.write_text("old")
    figure, _ = new_figure()
    with pytest.raises(ValueError, match="nonsense"):
        save_figure(figure, target)
    assert target.read_text() == "old"
    assert [found.name for found in tmp_path.iterdir()] == ["line.nonsense"]


def test_the_style_holds_inside_only():
    before = matplotlib.rcParams["axes.titlelocation"]
    assert before != style()["axes.titlelocation"]

    @styled()
    def inside():
        return matplotlib.rcParams["axes.titlelocation"]

    assert inside() == "left"
    assert matplotlib.rcParams["axes.titlelocation"] == before


def test_pyplot_is_not_needed():
    figure, axis = new_figure()
    axis.plot([0, 1])
    assert axis.get_lines()[0].get_color() == COLOURS[0]
    assert figure.canvas.manager is None
