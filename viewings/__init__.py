"""Viewing participants."""
