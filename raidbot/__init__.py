"""RaidBot: a self-hosted Discord bot with which gaming communities organise raids."""

__version__ = "0.1.0"
