"""What is measured against; needs Django set up, so the benches name these and import them late."""
