"""The functional core: what follows from what. No SQL, channel, clock or async."""
