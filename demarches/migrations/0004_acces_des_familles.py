from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("demarches", "0003_personnes_concernees")]

    operations = [
        migrations.AlterField(
            model_name="demarche",
            name="acces",
            field=models.CharField(
                choices=[
                    ("libre", "ouverte à tous"),
                    ("compte", "réservée aux comptes"),
                    ("famille", "réservée aux familles du service"),
                ],
                default="libre",
                max_length=10,
                verbose_name="accès",
            ),
        ),
    ]
