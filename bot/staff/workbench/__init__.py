"""The workbench: a page where staff talk to the bot and see why it answers as it does. Nothing that is typed there leaves memory,
but for what staff save themselves."""
