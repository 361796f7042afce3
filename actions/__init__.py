"""Rasa's custom actions. The bot runs them in-process; `rasa run actions` runs the same ones as a server."""
