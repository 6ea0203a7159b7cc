"""The demonstration: invented companies, real products, two years up to today."""

from portal.demo.cast import COMPANIES, PEOPLE
from portal.demo.story import DemoRefused, play

__all__ = ["COMPANIES", "PEOPLE", "DemoRefused", "play"]
