"""Moving in: what the Node.js bot (PerePhil/RaidBot) kept in its database becomes this bot's.

- What is here already, a raid, a server's settings, a template, a balance, stays as it is: twice changes nothing.
- Signups that were still open although the raid had begun are closed as of its start.
- Where a free seat and somebody who waits for it stand side by side, the first in line is promoted and told, as ever.
- Somebody with a seat may wait for other roles; of several seats the first counts; those beyond a role's number are
  forced.
- Each place of an open raid gets a mark, as if its reaction had been seen; `delivery/reconcile.py` puts that right on
  its first full look, at which nobody who is in the raid joins, moves or leaves.
- Museums without a signup role of their own were open to everybody: they ask for @everyone here.
- The old bot's counters become opening balances, less what the raids taken over say themselves.
"""
