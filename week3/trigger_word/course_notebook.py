"""What the course's notebook imports from its helper file, answered by ours."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from common.mixing import audio_segment_class
from week3.trigger_word import course


def helper_names() -> dict[str, Any]:
    """The names that the notebook takes from its helper file."""
    return {
        "np": np,
        "os": os,
        "AudioSegment": audio_segment_class(),
        "graph_spectrogram": course.graph_spectrogram,
        "get_wav_info": course.get_wav_info,
        "load_raw_audio": course.load_raw_audio,
        "match_target_amplitude": course.match_target_amplitude,
    }
