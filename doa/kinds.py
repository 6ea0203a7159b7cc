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
