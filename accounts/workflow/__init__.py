"""Every write to passwords, second factors, sessions and invitations."""

from accounts.workflow.codes import use_first_code, use_recovery_code, use_totp
from accounts.workflow.credentials import (
    change_password,
    note_change,
    reset_password,
    reset_second_factor,
    start_reset,
)
from accounts.workflow.invitations import (
    AccountExists,
    AlreadyMember,
    InvitationClosed,
    NotForYou,
    TooManyInvitations,
    accept,
    invite,
    join,
    withdraw,
)
from accounts.workflow.people import (
    choose_rows,
    keep_out,
    let_in,
    rename,
    set_second_factor_rule,
)
from accounts.workflow.sessions import end_session, end_sessions, forget_ended_sessions

__all__ = [
    "AccountExists",
    "AlreadyMember",
    "InvitationClosed",
    "NotForYou",
    "TooManyInvitations",
    "accept",
    "change_password",
    "choose_rows",
    "end_session",
    "end_sessions",
    "forget_ended_sessions",
    "invite",
    "join",
    "keep_out",
    "let_in",
    "note_change",
    "rename",
    "reset_password",
    "reset_second_factor",
    "set_second_factor_rule",
    "start_reset",
    "use_first_code",
    "use_recovery_code",
    "use_totp",
    "withdraw",
]
