"""All that the bot serves over HTTP. Imported only where `RAIDBOT_WEB_PORT` is set: `aiohttp.web` costs memory."""
