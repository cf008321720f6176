"""Networks as ONNX, and back from it (extra `onnx`)."""

from nnfunc.export.models import from_onnx, to_onnx

__all__ = ["from_onnx", "to_onnx"]
