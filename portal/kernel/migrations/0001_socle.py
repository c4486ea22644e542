"""Tables of the floor, the French text search, and the two trigger functions that other apps use."""

from django.contrib.postgres.operations import (
    BtreeGistExtension,
    TrigramExtension,
    UnaccentExtension,
)
from django.db import migrations, models

# unaccent() is only STABLE because its dictionary could be replaced; with the dictionary named, and never
# replaced here, it may serve in an index or a generated column.
UNACCENT = """
CREATE FUNCTION kernel_unaccent(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$ SELECT public.unaccent('public.unaccent', $1) $$
"""

# French without accents: « état » and « etat », « certificats » and « certificat » meet.
SEARCH = """
CREATE TEXT SEARCH CONFIGURATION fr (COPY = pg_catalog.french);
ALTER TEXT SEARCH CONFIGURATION fr ALTER MAPPING FOR hword, hword_part, word
WITH unaccent, french_stem;
"""

# Journals: rows are added, never changed. Only the purge service sets the flag, for its transaction.
APPEND_ONLY = """
CREATE FUNCTION kernel_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('parvis.purge', true), '') = 'on' THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    RAISE EXCEPTION 'rows of % are added, never changed', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_ajout_seul';
END $$
"""

# Caches in process memory watch a version row, whoever changed the data (service, admin, psql).
# A sequence, because it is not rolled back: the number of a change that was undone, and read meanwhile,
# must never come again for another.
BUMP = """
CREATE SEQUENCE kernel_cacheversion_numbers;
CREATE FUNCTION kernel_bump_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kernel_cacheversion AS c (name, version)
    VALUES (TG_ARGV[0], nextval('kernel_cacheversion_numbers'))
    ON CONFLICT (name) DO UPDATE SET version = excluded.version;
    RETURN NULL;
END $$
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        UnaccentExtension(),
        TrigramExtension(),
        BtreeGistExtension(),
        migrations.CreateModel(
            name="CacheVersion",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("version", models.PositiveBigIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name="Throttle",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("scope", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=32)),
                ("attempts", models.PositiveIntegerField()),
                ("last_at", models.DateTimeField(db_index=True)),
                ("blocked_until", models.DateTimeField(null=True)),
                ("allowed", models.BooleanField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("scope", "key"), name="throttle_une_ligne_par_cle"
                    ),
                ],
            },
        ),
        migrations.RunSQL(UNACCENT, "DROP FUNCTION kernel_unaccent(text)"),
        migrations.RunSQL(SEARCH, "DROP TEXT SEARCH CONFIGURATION fr"),
        migrations.RunSQL(APPEND_ONLY, "DROP FUNCTION kernel_append_only()"),
        migrations.RunSQL(
            BUMP, "DROP FUNCTION kernel_bump_version(); DROP SEQUENCE kernel_cacheversion_numbers"
        ),
    ]
