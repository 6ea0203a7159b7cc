"""The kinds of mail about accounts: none of them can wait."""

from notifications import kinds

kinds.declare(
    kinds.Kind(
        name="invitation",
        number=1,
        label="Invitation",
        because="somebody of {organization} invited this address",
        templates=("accounts/invitation",),
        always="It comes once, before there is an account.",
        holds_secret=True,
    )
)
kinds.declare(
    kinds.Kind(
        name="password-reset",
        number=2,
        label="New password",
        because="somebody asked for a new password for this address",
        templates=("accounts/password_reset",),
        always="It is sent when it is asked for.",
        holds_secret=True,
    )
)
kinds.declare(
    kinds.Kind(
        name="credential-changed",
        number=2,
        label="Account changed",
        because="this address opens an account in Ninety",
        templates=("accounts/credential_changed",),
        always="It tells you if somebody else has changed how you sign in.",
    )
)
