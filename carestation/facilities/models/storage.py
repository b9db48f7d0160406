"""How much a facility's files take, and how much they may.

Controls: ISO/IEC 27017 8.6; white paper 「容量・能力の管理」.
"""

from django.db import models

from carestation.facilities.models.facilities import Facility


class Storage(models.Model):
    """The bytes of one facility's files, counted as they are posted and anew each hour.

    `limit_bytes`: None while the operator set none. The limit binds new files alone.
    `is_told`: whether the log says already that little of it is left.
    """

    facility = models.OneToOneField(
        Facility, primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    used_bytes = models.BigIntegerField(default=0, db_default=0)
    limit_bytes = models.BigIntegerField(null=True)
    counted_at = models.DateTimeField(null=True)
    is_told = models.BooleanField(default=False, db_default=False)

    class Meta:
        """Nothing takes less than nothing, and no limit is nothing."""

        constraints = [
            models.CheckConstraint(
                condition=models.Q(used_bytes__gte=0), name="facilities_storage_is_some"
            ),
            models.CheckConstraint(
                condition=models.Q(limit_bytes=None) | models.Q(limit_bytes__gt=0),
                name="facilities_storage_limit_is_some",
            ),
        ]

    def __str__(self) -> str:
        """Return the bytes."""
        return f"{self.used_bytes}"
