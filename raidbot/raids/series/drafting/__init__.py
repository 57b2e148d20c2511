"""The flow of /recurring create and edit as a value: choices, typed words, merging two edits, and its texts."""
