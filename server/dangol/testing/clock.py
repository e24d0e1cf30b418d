"""A clock that moves when told to."""

from dangol.testing.builders import NOW


class Clock:
    """Call it for the time, as one calls `time.time`; `advance` it by seconds."""

    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
