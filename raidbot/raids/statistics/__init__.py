"""The rules of statistics: what is summed, over which time, and what is said of it. Nothing here reads rows."""
