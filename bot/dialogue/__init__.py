"""Rasa's engine, fitted to this service: its conversations, its actions, and what it keeps of them."""
