"""The one way a business rule says no."""


class Refusal(Exception):
    """A rule refused an act; `str()` is a French sentence that may be shown to who asked.

    Subclasses set `message`; an instance may carry a more precise sentence.
    """

    message = "Cette action n’est pas possible."

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.message)
