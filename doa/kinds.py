"""The kinds of mail about cases and what stands beside them."""

from notifications import kinds

kinds.declare(
    kinds.Kind(
        name="referral-confirm",
        number=20,
        label="Confirmation of a failed unit",
        because="this address was given on the public check",
        templates=("doa/referral_confirm",),
        always="Nobody sees what was written until this address confirms it.",
        holds_secret=True,
    )
)
kinds.declare(
    kinds.Kind(
        name="referral-received",
        number=20,
        label="Unit referred to you",
        because="{organization} is the distributor of the latest shipment of this unit",
        templates=("doa/referral_received",),
        always="A customer waits for your answer.",
    )
)
kinds.declare(
    kinds.Kind(
        name="referral-progress",
        number=20,
        label="Progress of your referral",
        because="you told the distributor of this unit that it has failed",
        templates=("doa/referral_progress",),
        always="It answers what you asked.",
        holds_secret=True,
    )
)
kinds.declare(
    kinds.Kind(
        name="claim-progress",
        number=23,
        label="Progress of your claim",
        because="{organization} reported goods that did not arrive as they should have",
        templates=("doa/claim_progress",),
        always="It answers what your organization asked.",
    )
)

FOLLOWS = "you follow this case of {organization}"
WAITS = "you follow this case of {organization}, and it waits for you"


def _declare(number: int, name: str, label: str, *names: str, because: str, always: str) -> None:
    kinds.declare(
        kinds.Kind(
            name=name,
            number=number,
            label=label,
            because=because,
            templates=tuple(f"doa/{template}" for template in names),
            always=always,
            heeds_mute=because == FOLLOWS,
        )
    )


_declare(
    *(3, "case-received", "Application received, call the TAC", "acknowledged", "call_nudge"),
    because=FOLLOWS,
    always="It says how to register what you handed in. Each case can be muted.",
)
_declare(
    *(4, "case-registered", "Call registered", "registered"),
    because=FOLLOWS,
    always="It confirms your call. Each case can be muted.",
)
_declare(
    *(5, "case-asked", "Information needed, and its reminders", "asked", "reminded"),
    because=WAITS,
    always="The case goes on only when you answer.",
)
_declare(
    *(7, "case-decided", "Decided or cancelled", "decided", "cancelled"),
    because="you follow this case of {organization}, which was decided",
    always="It is the answer to your application.",
)
_declare(
    *(9, "case-shipped", "Replacement shipped", "shipped"),
    because=FOLLOWS,
    always="It says what is on its way to you. Each case can be muted.",
)
_declare(
    *(10, "case-return", "Return due or overdue", "return_due", "return_overdue"),
    because=WAITS,
    always="The faulty unit is due back on a day.",
)
_declare(
    *(11, "case-progress", "Unit received, return waived, case closed"),
    *("received", "waived", "closed"),
    because=FOLLOWS,
    always="It closes what was open. Each case can be muted.",
)
_declare(
    *(11, "case-message", "Message about a case", "message", "answered"),
    because="somebody wrote about a case of {organization} in which you take part",
    always="Somebody waits for your answer.",
)
_declare(
    *(19, "case-clock", "Clock of a case", "clock_warning", "clock_missed", "billing_to_decide"),
    because="you work on cases at the desk of Huawei",
    always="A promise to a partner is about to be missed.",
)
