"""Try RaidBot without Discord: the real bot process against the sandbox."""
