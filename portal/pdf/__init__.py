"""Accessible PDF files (PDF/UA-1) from typst templates; citizens' text is only ever data."""

from portal.pdf.rendering import render

__all__ = ["render"]
