"""Meetings and comebacks."""
