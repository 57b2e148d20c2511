"""The raids and rows that figures are made of, as parts of queries. Every statistic, leaderboard and export uses these.

They name the tables `raids`, `attendance` and `raid_roles`, and the parameter `:now`, in seconds. The index
`raids_counted` serves them with `raids.guild` and a range of `raids.starts_at`.
"""

COUNTED = "raids.status = 'closed' AND raids.counts = 1 AND raids.ends_at <= :now"
"""The raid took place and counts."""
CAME = "attendance.presence IN ('present', 'late')"
ROLE_NAME = "iif(raids.kind = 'museum', 'Museum', raid_roles.name)"
"""The name under which figures, opening balances included, know a role."""
