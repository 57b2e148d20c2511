"""Kill the bot at every `await` of given functions, found from their syntax trees.

`points.py` finds the points, `hook.py` kills a bot process at one of them, and `process.py` runs such a
process. Name the functions of what happens, make the work due in the database, and kill at each point in turn.
"""
