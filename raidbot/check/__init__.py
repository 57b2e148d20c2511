"""The checks of `raidbot check`: can the bot run here, and is all well? They create, change and send nothing."""
