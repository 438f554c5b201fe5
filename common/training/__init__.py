"""One way to train every Keras model: a loop around one compiled step, with checkpoints that can be trusted.

    result = train(
        model, x, y, sample_weight=None, validation=(x, y),    arrays, or lists, tuples, dictionaries of arrays
        optimizer=..., loss=..., metrics=[...],                as for `model.compile` (or a compiled model)
        epochs=10, batch_size=32, shuffle=True, seed=0,
        callbacks=[...],                                       Keras callbacks
        early_stopping=EarlyStopping("val_loss", patience=5),  ends with the best weights
        checkpoint=folder,                                     or Checkpoints(folder, every_seconds=30, ...)
        identity={...}, csv_log=file, curves=file,
        jit_compile="auto", steps_per_call=None, deterministic=False, progress=True,
    ) -> TrainingResult(history, epochs, steps, best_epoch, stopped, resumed_at, jit_compile, seconds)
    train(model, make, ...)                                    make(epoch) -> iterable of batches (x, y[, weight])
    evaluate(model, x, y, batch_size=256) -> {"loss": ..., metric: ...}

    EarlyStopping(monitor, patience, min_delta, mode, restore_best)
    Checkpoints(folder, every_seconds=30, every_steps=None, every_epochs=None, keep=2)
    inverse_time_decay(rate, decay)    cosine(rate, steps=, warm_up=, end=)    warm_up(rate, steps=)
    ArrayData(x, y, sample_weight, batch_size=, shuffle=, seed=)    BatchData(make, steps=)
    save_checkpoint(folder, Saved(arrays, notes), identity=)    load_checkpoint(folder, identity=) -> Saved or None
    write_csv(path, history)    save_curves(path, history)

To be reproducible, call `common.seeding.seed_keras(seed)` before the model is made. With `checkpoint`, the same call
goes on where an earlier one was killed or interrupted and ends with the same bits; a folder of another run is refused.
Ctrl-C saves, says how to go on, and raises `Interrupted` (a KeyboardInterrupt: exit status 130 in the shell). A loss
that is not finite raises `NotFiniteError`. To train on several devices, make the model under the strategy's scope.
Importing this package loads neither TensorFlow nor Keras.
"""

from common.training.checkpoints import Checkpoints, Saved, load_checkpoint, save_checkpoint
from common.training.compiling import choose_jit, make_deterministic
from common.training.data import ArrayData, BatchData, Data
from common.training.early_stopping import EarlyStopping
from common.training.history import save_curves, write_csv
from common.training.loop import evaluate, train
from common.training.run import Interrupted, NotFiniteError, TrainingResult
from common.training.schedules import cosine, inverse_time_decay, warm_up

__all__ = [
    "ArrayData",
    "BatchData",
    "Checkpoints",
    "Data",
    "EarlyStopping",
    "Interrupted",
    "NotFiniteError",
    "Saved",
    "TrainingResult",
    "choose_jit",
    "cosine",
    "evaluate",
    "inverse_time_decay",
    "load_checkpoint",
    "make_deterministic",
    "save_checkpoint",
    "save_curves",
    "train",
    "warm_up",
    "write_csv",
]
