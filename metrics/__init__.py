"""Figures for a monitor: counts kept in the database, and what is read when it asks."""
