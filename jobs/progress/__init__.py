"""How far a run is, told beside its transaction: to whoever waits, and to whoever watches.

A run writes in one transaction, which nobody sees before its end. A thread of its own
tells how many rows were read and renews the run's lease. `rows` writes both into the job's
row over its own connection; `files` puts them beside the embedded database, which has one
writer at a time.
"""

from jobs.progress.telling import LEASE, Meter, Seen, Tally, alive, is_abandoned, seen

__all__ = ["LEASE", "Meter", "Seen", "Tally", "alive", "is_abandoned", "seen"]
