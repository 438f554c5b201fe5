"""Sentences into classes: by the average of their word vectors, or by a recurrent network.

labelled.py  csv_rows.py  classes.py    files of sentences and labels -> arrays and a table of classes
reading.py   ids.py                     a sentence -> words of a vocabulary -> numbers
average.py                              version 1: softmax regression on the average of the word vectors
model.py     network.py                 version 2: recurrent layers in Keras, and in NumPy for answering
train.py     trained.py                 training of both; the weights file
predict.py   evaluate.py                answers with what each word weighed; scores and errors
task.py      options.py  finding.py     what an assignment says of itself; its options; its files
run*.py      page.py     pictures.py    the verbs, and what they show
"""

from __future__ import annotations

from common.lazy import lazy_exports

_HOMES = {
    "ClassTable": "classes",
    "LabelClass": "classes",
    "LabelForm": "labelled",
    "LabelledSentences": "labelled",
    "Reader": "reading",
    "AverageConfig": "average",
    "ModelConfig": "model",
    "build_model": "model",
    "TrainConfig": "train",
    "TrainedModel": "trained",
    "Prediction": "predict",
    "Evaluation": "evaluate",
    "Task": "task",
    "Usual": "options",
}
__all__ = list(_HOMES)
__getattr__, __dir__ = lazy_exports(__name__, _HOMES)
