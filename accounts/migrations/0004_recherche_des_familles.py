import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models

import accounts.models.famille
import portal.kernel.pli


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_conditions_initiales"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="dossierfamille",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    portal.kernel.pli.Pli(
                        django.db.models.functions.text.Concat(
                            "nom",
                            models.Value(" "),
                            "reference",
                            models.Value(" "),
                            accounts.models.famille.NomsDesPersonnes("donnees"),
                            output_field=models.TextField(),
                        )
                    ),
                    name="gin_trgm_ops",
                ),
                name="dossier_par_noms",
            ),
        ),
    ]
