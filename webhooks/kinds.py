"""The kind of mail about webhooks."""

from notifications import kinds

kinds.declare(
    kinds.Kind(
        name="webhook-off",
        number=24,
        label="Webhook switched off",
        because="{organization} has webhooks",
        templates=("webhooks/switched_off",),
        always="A program of yours no longer gets what it asked for.",
    )
)
