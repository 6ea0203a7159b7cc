"""The day-90 run: every warranty that is due starts, dated by rule, once (policy section 2)."""

from warranty.nights.run import NightResult, NotYet, run_night

__all__ = ["NightResult", "NotYet", "run_night"]
