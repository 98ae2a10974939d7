"""Area interests."""
