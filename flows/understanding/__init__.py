"""Text to meaning, in pure Python: `flows.intents` is the door."""
