"""Reads across models; nothing here writes."""
