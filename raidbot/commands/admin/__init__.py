"""Administration of a guild: `/setup`, `/settings`, `/permissions`, `/setchannel`, `/ping`."""
