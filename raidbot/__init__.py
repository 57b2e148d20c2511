"""RaidBot: a self-hosted Discord bot with which gaming communities organise raids."""

from raidbot.raids.times import zone_data

__version__ = "0.1.0"

zone_data.use_newest()  # before anything builds a time zone, in every process that runs code of RaidBot
