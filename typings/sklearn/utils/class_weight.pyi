from typing import Any

from numpy import ndarray

def compute_sample_weight(class_weight: Any, y: Any) -> ndarray[Any, Any]: ...
