"""The journal takes new rows and keeps the old ones."""

from django.db import migrations

TRIGGER = """
CREATE TRIGGER audit_ajout_seul BEFORE UPDATE OR DELETE ON audit_auditevent
FOR EACH ROW EXECUTE FUNCTION kernel_append_only()
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("kernel", "0001_socle")]
    operations = [
        migrations.RunSQL(TRIGGER, "DROP TRIGGER audit_ajout_seul ON audit_auditevent"),
    ]
