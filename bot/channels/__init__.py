"""Where people meet the bot: the web, Telegram, the terminal. Each takes words in and shows a Reply; none decides anything."""
