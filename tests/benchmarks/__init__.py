"""What `make bench` measures; figures are printed, never asserted."""
