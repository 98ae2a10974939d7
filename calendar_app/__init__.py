"""Calendar events of brokers."""
