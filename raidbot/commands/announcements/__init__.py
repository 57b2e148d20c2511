"""The panel of announcements, for every kind of owner: templates, raids and later series."""
