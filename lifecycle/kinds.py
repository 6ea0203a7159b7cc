"""The kind of mail about announcements, for headers, preferences and the desk."""

from notifications import kinds

kinds.declare(
    kinds.Kind(
        name="announcement",
        number=18,
        label="Announcements about products",
        because="{organization} holds units that it affects, or you subscribed to announcements",
        templates=("lifecycle/announced", "lifecycle/withdrawn", "lifecycle/digest"),
        is_starred=True,
        is_collected=True,
    )
)
