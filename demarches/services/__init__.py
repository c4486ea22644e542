"""One business act a function; each runs in its own transaction and raises a `Refusal` or does it
all.
"""
