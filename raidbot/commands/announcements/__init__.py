"""The panel of announcements, for every kind of owner: templates, series and raids."""
