"""The customers' channel: Telegram updates to events, messages to Bot API calls."""

import os

# Read by python-telegram-bot on every access: `retry_after` is then a timedelta.
os.environ["PTB_TIMEDELTA"] = "1"
