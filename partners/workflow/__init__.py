"""Who may: every write to organizations, people, memberships, tokens and counts."""

from partners.workflow.directory import NotADistributor, save_entry
from partners.workflow.limits import count_request, uncount_request, window_ends
from partners.workflow.organizations import BuysInACircle, require_no_circle, save_organization
from partners.workflow.people import (
    LastManager,
    RoleNotAllowed,
    create_user,
    grant_role,
    remove_member,
    require_role_fits,
    set_active,
)
from partners.workflow.replies import forget_replies
from partners.workflow.tokens import (
    NotAMember,
    TooManyTokens,
    create_token,
    note_use,
    revoke_token,
)

__all__ = [
    "BuysInACircle",
    "LastManager",
    "NotADistributor",
    "NotAMember",
    "RoleNotAllowed",
    "TooManyTokens",
    "count_request",
    "create_token",
    "create_user",
    "forget_replies",
    "grant_role",
    "note_use",
    "remove_member",
    "require_no_circle",
    "require_role_fits",
    "revoke_token",
    "save_entry",
    "save_organization",
    "set_active",
    "uncount_request",
    "window_ends",
]
