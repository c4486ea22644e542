from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_membre_envoi")]

    operations = [
        migrations.AddField(
            model_name="compte",
            name="cles_a_rattacher",
            field=models.JSONField(blank=True, default=list, editable=False),
        ),
    ]
