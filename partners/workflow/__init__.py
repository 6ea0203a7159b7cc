"""Who may: every write to organizations, people, memberships, tokens and counts."""

from partners.workflow.limits import count_request, forget_requests, window_ends
from partners.workflow.organizations import BuysInACircle, require_no_circle, save_organization
from partners.workflow.people import (
    LastManager,
    NotAMember,
    RoleNotAllowed,
    create_user,
    grant_role,
    remove_member,
    set_active,
)
from partners.workflow.tokens import create_token, note_use, revoke_token

__all__ = [
    "BuysInACircle",
    "LastManager",
    "NotAMember",
    "RoleNotAllowed",
    "count_request",
    "create_token",
    "create_user",
    "forget_requests",
    "grant_role",
    "note_use",
    "remove_member",
    "require_no_circle",
    "revoke_token",
    "save_organization",
    "set_active",
    "window_ends",
]
