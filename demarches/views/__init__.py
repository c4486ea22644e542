"""Residents' pages: the catalogue, filing a request, following it."""
