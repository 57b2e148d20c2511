"""Commands for whoever runs a server: setup, settings, permissions, channels, ping."""
