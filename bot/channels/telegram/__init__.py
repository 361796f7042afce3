"""The Telegram channel. A message goes from polling.py or webhook.py through incoming.py (what it is), lanes.py (in order for each
chat, never twice) and channel.py (the answer) to rendering.py (messages with buttons) and client.py (the Bot API)."""

NAME = "telegram"
