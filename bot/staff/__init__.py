"""For those who look after the bot: answer many messages at once, see why it answers as it does, check a change."""
