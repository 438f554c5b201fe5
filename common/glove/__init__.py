"""Word vectors in the GloVe text format: read, checked, cached, looked up, written.

    from common.glove import find_vectors, load_vectors
    vectors = load_vectors(find_vectors(option=None, course=None).path)
    vectors["king"], vectors.ids["king"], vectors.matrix

A file of 400,000 words is read in about a second, then through a memory-mapped cache at once.
"""

from __future__ import annotations

from common.lazy import lazy_exports

_HOMES = {
    "WordVectors": "vectors",
    "load_vectors": "loading",
    "find_vectors": "finding",
    "write_vectors": "writing",
}
__all__ = list(_HOMES)
__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
