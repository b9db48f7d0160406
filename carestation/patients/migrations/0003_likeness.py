"""Two patients of a facility with the same reading and day of birth are found without unsealing.

Patients from before have no likeness until their face sheet is put right: to reckon it, each would
have to be unsealed.

Locks: ACCESS EXCLUSIVE on patients_patient for an instant: a column without a rewrite. The index is
built while readers and writers go on (SHARE UPDATE EXCLUSIVE).
Back: the reverse drops index and column; face sheets are not touched.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("patients", "0002_consents")]
    operations = [
        migrations.AddField("patient", "likeness", models.BinaryField(max_length=32, null=True)),
        AddIndexConcurrently(
            model_name="patient",
            index=models.Index(fields=["managing_facility", "likeness"], name="patients_alike"),
        ),
    ]
