"""Import the database of the Node.js bot (PerePhil/RaidBot).

- Raids, settings, templates and balances that exist already stay as they are: a second import changes nothing.
- Signups that were still open after the raid had begun are closed as of its start.
- Where a seat is free and members wait for it, the first in line is promoted and notified, as usual.
- A member with a seat may wait for other roles; of several seats the first counts; seats beyond a role's number are
  forced.
- Each place of an open raid gets a mark, as if its reaction had been seen; `delivery/boards/reconcile.py` corrects the
  marks at its first full comparison, in which no member of the raid joins, moves or leaves.
- Museums without a signup role of their own were open to everybody: they require @everyone here.
- The old bot's counters become opening balances, less what the imported raids account for.
"""
