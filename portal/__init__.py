"""Parvis: the project, its pages without models, and its technical floor."""

from portal.celery import app as celery

__all__ = ["celery"]
