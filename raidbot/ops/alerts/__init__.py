"""Alerts to whoever runs the bot, and the daily report."""
