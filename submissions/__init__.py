"""Outbox and audit: how anything is sent to Vitec and remembered."""
