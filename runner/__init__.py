"""What `run.py` does: set-up, embedded servers, supervision. Standard library only.

Nothing here imports Django or the project: it must work before anything is installed.
"""
