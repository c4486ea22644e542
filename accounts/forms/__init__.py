"""Shape of what is typed; rules are in services."""
