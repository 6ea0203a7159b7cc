"""Checking any number of serial numbers at once."""

from portal.bulk_check.check import HEADER, answers, check_serials, meant_by

__all__ = ["HEADER", "answers", "check_serials", "meant_by"]
