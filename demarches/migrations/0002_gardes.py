"""What the tables refuse by themselves, and the version of the catalogue held in memory."""

from django.db import migrations

HISTORY = """
CREATE TRIGGER evenement_ajout_seul BEFORE UPDATE OR DELETE ON demarches_evenement
FOR EACH ROW EXECUTE FUNCTION kernel_append_only()
"""

# Requests in flight keep the form they were filed with.
IMMUTABLE = """
CREATE FUNCTION demarches_version_figee() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.definition IS DISTINCT FROM OLD.definition OR NEW.demarche_id <> OLD.demarche_id THEN
        RAISE EXCEPTION 'a published version never changes'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'version_figee';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER version_figee BEFORE UPDATE ON demarches_versiondemarche
FOR EACH ROW EXECUTE FUNCTION demarches_version_figee();
"""

TABLES = ("demarches_theme", "demarches_demarche", "demarches_versiondemarche")
BUMP = """
CREATE TRIGGER catalogue_change AFTER INSERT OR UPDATE OR DELETE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION kernel_bump_version('catalogue')
"""


class Migration(migrations.Migration):
    dependencies = [("demarches", "0001_initial"), ("kernel", "0001_socle")]
    operations = [
        migrations.RunSQL(HISTORY, "DROP TRIGGER evenement_ajout_seul ON demarches_evenement"),
        migrations.RunSQL(
            IMMUTABLE,
            "DROP TRIGGER version_figee ON demarches_versiondemarche;"
            "DROP FUNCTION demarches_version_figee()",
        ),
        *(
            migrations.RunSQL(BUMP.format(table=table), f"DROP TRIGGER catalogue_change ON {table}")
            for table in TABLES
        ),
    ]
