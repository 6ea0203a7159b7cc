"""The API of contracts."""

from support.api.contracts import Contracts, OneContract

__all__ = ["Contracts", "OneContract"]
