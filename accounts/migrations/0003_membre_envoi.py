import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_comptes_et_foyers"),
    ]

    operations = [
        migrations.AddField(
            model_name="membre",
            name="envoi",
            field=models.UUIDField(blank=True, editable=False, null=True, verbose_name="envoi"),
        ),
        migrations.AddConstraint(
            model_name="membre",
            constraint=models.UniqueConstraint(
                fields=("foyer", "envoi"), name="membre_un_par_envoi"
            ),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(
                django.db.models.functions.text.Lower("courriel"),
                condition=models.Q(("acceptee_at", None), ("annulee_at", None)),
                name="invitation_par_courriel",
            ),
        ),
    ]
