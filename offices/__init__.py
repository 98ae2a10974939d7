"""Offices, the people who work in them, and who may act for which office."""
