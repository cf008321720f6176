from typing import Any

class MLPClassifier:
    def __init__(self, **settings: Any) -> None: ...
