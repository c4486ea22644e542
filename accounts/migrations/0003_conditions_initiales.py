"""Terms that apply never change: the table refuses it. A first version, for a town to start with."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import migrations

IMMUTABLE = """
CREATE FUNCTION accounts_conditions_figees() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.publication_at <= now() THEN
        RAISE EXCEPTION 'published terms never change'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'conditions_figees';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER conditions_figees BEFORE UPDATE OR DELETE ON accounts_conditions
FOR EACH ROW EXECUTE FUNCTION accounts_conditions_figees();
"""
MUTABLE = """
DROP TRIGGER conditions_figees ON accounts_conditions;
DROP FUNCTION accounts_conditions_figees();
"""
VERSION, PUBLICATION_AT = "1", datetime(2026, 1, 1, tzinfo=ZoneInfo("Europe/Paris"))
TEXTE = """\
## 1. À quoi sert ce site

Ce site est le guichet en ligne de la mairie. Il permet de faire une démarche, de la suivre, de recevoir la réponse et, avec un espace personnel, de retrouver ses informations d’une démarche à l’autre.

C’est un téléservice au sens de l’article L. 112-9 du code des relations entre le public et l’administration. Ces conditions disent comment l’utiliser.

Son usage est gratuit et facultatif : chaque démarche proposée ici peut aussi se faire à la mairie ou par courrier, sauf si un texte l’impose en ligne.

## 2. Ce que vaut une demande faite ici

Une demande envoyée par ce site saisit régulièrement la mairie : elle ne vous en demandera pas une seconde sous une autre forme (article L. 112-8 du même code).

Un accusé de réception vous est envoyé par courriel, avec un numéro de ticket (article L. 112-11 du même code). Gardez ce numéro : il permet de suivre la demande sans espace personnel.

La décision vous est annoncée par courriel et se lit sur le site. Lorsque la loi demande une autre forme, la mairie l’utilise.

## 3. Qui peut ouvrir un espace personnel

Toute personne majeure qui a affaire à la mairie peut ouvrir un espace, pour elle-même et pour les membres de son foyer. Un mineur agit par son représentant légal.

Un espace correspond à une personne et à une adresse de courriel qu’elle seule consulte. La mairie vérifie les nouveaux espaces ; en attendant, vous pouvez déjà déposer des demandes.

## 4. Votre identifiant et votre mot de passe

Ils sont personnels. Ne les donnez à personne, pas même à un agent : la mairie ne vous les demandera jamais.

Si vous pensez que quelqu’un d’autre les connaît, changez votre mot de passe sans attendre et prévenez la mairie. Votre espace vous montre où vous êtes connecté et vous permet de fermer ces connexions.

## 5. Ce que vous déclarez

Vous répondez de l’exactitude de ce que vous saisissez et des pièces que vous joignez. Une erreur de bonne foi se corrige : dites-le à la mairie, ou modifiez vos informations.

Faire sciemment une fausse déclaration, ou produire un faux document, pour obtenir un avantage de l’administration est puni par le code pénal (articles 441-1 et 441-6 notamment).

Vous ne déclarez un membre de votre foyer, ou une personne à contacter, que si vous êtes en droit de le faire ; prévenez les personnes majeures que vous déclarez.

## 6. Vos données personnelles

La commune est responsable du traitement de vos données, selon le règlement (UE) 2016/679 (RGPD) et la loi n° 78-17 du 6 janvier 1978. Elles servent à répondre à vos demandes et ne sont ni vendues, ni utilisées pour de la publicité.

La page « Confidentialité » dit pourquoi elles sont utilisées, qui les voit, combien de temps elles sont gardées et comment exercer vos droits. Votre espace vous permet de les voir, de les télécharger et de savoir quel service a consulté votre dossier.

## 7. Disponibilité

Le site est ouvert jour et nuit. Il peut être arrêté le temps d’un entretien ou à cause d’une panne ; la mairie fait alors le nécessaire pour le rétablir. Si une date limite approche, n’attendez pas la dernière heure, et adressez-vous à la mairie si le site ne répond pas.

La mairie peut écarter les envois abusifs, par leur nombre ou leur répétition, et ceux qui mettent en danger la sécurité du site.

## 8. Fermer votre espace

Vous pouvez fermer votre espace à tout moment, depuis l’espace lui-même. Un délai vous laisse changer d’avis, puis vos informations sont effacées, sauf celles que la loi oblige à garder ; vos demandes en cours continuent.

La mairie peut refuser ou fermer un espace ouvert sous une fausse identité. Elle vous en dit la raison, et vous pouvez la contester auprès d’elle puis devant le tribunal administratif.

## 9. Si ces conditions changent

Une nouvelle version vous est présentée à votre connexion, et vous êtes libre de l’accepter ou non. Les versions précédentes restent lisibles sur le site. Le droit français s’applique.
"""


def publish(apps, schema_editor):
    conditions = apps.get_model("accounts", "Conditions")
    # A town that has written its own keeps it.
    if not conditions.objects.exists():
        conditions.objects.create(version=VERSION, texte=TEXTE, publication_at=PUBLICATION_AT)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_comptes_et_foyers")]
    operations = [
        migrations.RunPython(publish, migrations.RunPython.noop, elidable=False),
        migrations.RunSQL(IMMUTABLE, MUTABLE),
    ]
