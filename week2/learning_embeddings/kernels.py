"""Which of a learner's kernels runs: NumPy's, or the one that numba compiles where it is installed."""

from __future__ import annotations

from typing import Literal

from common.errors import InputError

Kernel = Literal["numpy", "numba"]


def choose_kernel(option: str) -> Kernel:
    """numba or numpy; "auto": numba where it is installed.

    Raises:
        InputError: another name, or numba where it is not installed.
    """
    if option not in ("auto", "numpy", "numba"):
        raise InputError(f"there is no kernel {option!r}; choose auto, numpy or numba")
    if option == "numpy":
        return "numpy"
    try:
        import numba  # noqa: F401
    except ImportError:
        if option == "numba":
            raise InputError("the kernel numba needs the package numba: pip install numba, or choose numpy") from None
        return "numpy"
    return "numba"
