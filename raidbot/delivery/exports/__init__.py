"""Files made from raids: calendars and rosters."""
