"""Export of networks to ONNX, and import from it (extra `onnx`)."""

from nnfunc.export.models import from_onnx, to_onnx

__all__ = ["from_onnx", "to_onnx"]
