"""The functional core: what follows from what. No SQL, no channel, no clock, no async."""
