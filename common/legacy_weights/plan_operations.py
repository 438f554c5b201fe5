"""Translations of TensorFlow functions kept as layers; the functions themselves are in `operations`."""

from __future__ import annotations

from common.legacy_weights.operations import is_known
from common.legacy_weights.plan import Plan, Reader, Unsupported, translates


@translates("TFOpLambda", "SlicingOpLambda")
def _operation(reader: Reader) -> Plan:
    function = str(reader.get("function"))
    if not is_known(function):
        raise Unsupported(f"the TensorFlow function tf.{function} is not one that can be carried over")
    return Plan("Operation", {"function": function})
