"""Reading a file of families: what is forgiven, and every mistake named with its line."""

import io
from datetime import date, timedelta

import pytest

from accounts.services.fichier_familles import MONTREES, PERSONNES_MAX, Fautes, lire
from tests.accounts.fichiers import COLONNES, ENFANT, PARENT, famille, fichier, texte

SPREADSHEET = "Dans votre tableur, enregistrez-le sous « CSV UTF-8 »."


def read(contenu):
    source = io.BytesIO(contenu) if isinstance(contenu, bytes) else contenu
    fautes = Fautes()
    return list(lire(source, fautes)), [str(faute) for faute in fautes.premieres]


def mistakes(*lignes):
    return read(fichier(*lignes))[1]


def test_a_family_is_read_with_its_address_and_people():
    familles, fautes = read(fichier(PARENT, ENFANT))

    assert fautes == []
    assert [(f.ligne, f.reference, f.nom) for f in familles] == [(2, "F1", "Martin")]
    assert familles[0].donnees == {
        "adresse": {
            "voie": "12 rue des Tilleuls",
            "complement": "",
            "code_postal": "49999",
            "commune": "Clairval-sur-Loire",
            "pays": "FR",
        },
        "membres": [
            {
                "role": "responsable",
                "civilite": "madame",
                "nom": "Martin",
                "prenoms": "Camille",
                "courriel": "camille@courriel.example",
                "telephone": "+33639980001",
            },
            {
                "role": "enfant",
                "nom": "Martin",
                "prenoms": "Léa",
                "date_naissance": "2017-05-02",
                "ecole": "École Jean-Moulin",
                "classe": "CE2",
            },
        ],
    }


@pytest.mark.parametrize(
    "contenu",
    [
        texte(PARENT, ENFANT).encode("utf-8-sig"),
        texte(PARENT, ENFANT, separateur=",").encode(),
        texte(PARENT, ENFANT).replace("\r\n", "\n").rstrip().encode(),
        texte(PARENT, ENFANT).replace("reference", " Référence ", 1).encode(),
        texte(PARENT, {}, ENFANT, {}).encode(),
        texte(PARENT | {"voie": '"12 rue\ndes Tilleuls"'}, ENFANT).encode(),
        texte(PARENT, ENFANT | {"date_naissance": "2017-05-02 00:00:00"}).encode(),
        texte(PARENT | {"role": "Responsable ", "civilite": "M."}, ENFANT).encode(),
        texte(PARENT | {"pays": "france"}, ENFANT).encode(),
        texte(PARENT | {"telephone": "639980001"}, ENFANT).encode(),
    ],
    ids=[
        "mark",
        "commas",
        "unix",
        "accented title",
        "blank lines",
        "line end in quotes",
        "midnight",
        "words",
        "country",
        "lost zero",
    ],
)
def test_usual_forms_are_forgiven(contenu):
    familles, fautes = read(contenu)

    assert fautes == []
    assert [len(f.membres) for f in familles] == [2]


@pytest.mark.parametrize(
    ("contenu", "expected"),
    [
        (b"", "Fichier : Il est vide."),
        (f"{COLONNES}\n".encode(), "Fichier : Il ne contient aucune famille."),
        (
            b"PK\x03\x04" + b"x" * 50,
            f"Fichier : Ce fichier est un classeur, pas un fichier CSV. {SPREADSHEET}",
        ),
        (
            texte(PARENT).encode("utf-16"),
            f"Fichier : Ce fichier est en UTF-16 (« Texte Unicode »). {SPREADSHEET}",
        ),
        (
            texte(PARENT, ENFANT).encode("cp1252"),
            "Ligne 3 : ce fichier n’est pas en UTF-8, ses accents seraient perdus. " + SPREADSHEET,
        ),
        (
            texte(PARENT).replace("role;", "rôles;", 1).encode(),
            "Ligne 1 : colonnes manquantes : role ; colonnes inconnues : roles.",
        ),
        (
            texte(PARENT).replace("classe;", "ecole;", 1).encode(),
            "Ligne 1 : colonnes manquantes : classe ; colonnes en double : ecole.",
        ),
        (
            f'{COLONNES}\nF1;"Martin\n'.encode(),
            "Ligne 2 : guillemets ou séparateurs mal placés : la lecture s’arrête ici.",
        ),
        (
            f"{COLONNES}\n{'x' * 30_000}\n".encode(),
            "Ligne 2 : cette ligne est beaucoup trop longue.",
        ),
        (
            f"{COLONNES}\nF1;Martin\n".encode(),
            "Ligne 2 : 2 colonnes au lieu de 17 : complétez la ligne, une valeur vide garde son "
            "« ; ».",
        ),
        (
            f"{COLONNES}\n{';' * 17}x\n".encode(),
            "Ligne 2 : 18 colonnes au lieu de 17 : mettez entre guillemets la valeur qui contient "
            "« ; ».",
        ),
        (
            texte(PARENT, separateur="\t").encode(),
            f"Fichier : Ce fichier est séparé par des tabulations. {SPREADSHEET}",
        ),
    ],
)
def test_a_file_that_is_not_one_says_so(contenu, expected):
    familles, fautes = read(contenu)

    assert familles == []
    assert fautes == [expected]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"date_naissance": "42857"}, "colonne date_naissance : « 42857 » : Écrivez la date"),
        ({"date_naissance": "31/02/2017"}, "« 31/02/2017 » : Ce jour n’existe pas."),
        (
            {"date_naissance": f"{date.today() + timedelta(days=400):%d/%m/%Y}"},  # noqa: DTZ011
            "Cette date est trop tardive",
        ),
        ({"date_naissance": ""}, "colonne date_naissance : elle manque pour un enfant."),
        ({"role": "cousin"}, "colonne role : « cousin » : attendu : responsable, co_representant"),
        ({"role": ""}, "colonne role : attendu : responsable"),
        ({"civilite": "Dr"}, "colonne civilite : « Dr » : attendu : madame ou monsieur."),
        ({"prenoms": ""}, "colonne prenoms : il manque."),
        ({"nom": "x" * 81}, "colonne nom : 81 caractères, 80 au plus."),
        ({"ecole": "#REF!"}, "colonne ecole : « #REF! » est une erreur ou un nombre abrégé"),
        ({"ecole": "1,23E+11"}, "colonne ecole : « 1,23E+11 » est une erreur ou un nombre abrégé"),
        ({"prenoms": "LÃ©a"}, "colonne prenoms : « LÃ©a » : les accents sont abîmés."),
        ({"courriel": "lea"}, "colonne courriel : « lea » : Cette adresse n’est pas complète."),
        ({"telephone": "12"}, "colonne telephone : « 12 » : Ce numéro n’est pas complet."),
        ({"famille": "Petit"}, "colonne famille : le nom change d’une ligne à l’autre"),
        ({"reference": ""}, "colonne reference : la référence de la famille manque."),
        (
            {"naissance_prevue": "01/01/2027"},
            "colonne naissance_prevue : une date prévue n’a de sens",
        ),
    ],
)
def test_a_wrong_value_is_named_with_its_line(changes, expected):
    fautes = mistakes(PARENT, ENFANT | changes)

    assert any(f.startswith("Ligne 3, ") and expected in f for f in fautes), fautes


def test_an_unborn_child_has_an_expected_date_and_may_have_no_name():
    soon = f"{date.today() + timedelta(days=90):%d/%m/%Y}"  # noqa: DTZ011
    unborn = ENFANT | {"role": "a_naitre", "prenoms": "", "date_naissance": ""}

    assert mistakes(PARENT, unborn | {"naissance_prevue": soon}) == []
    assert mistakes(PARENT, *[unborn | {"naissance_prevue": soon}] * 2) == [], "twins"
    assert mistakes(PARENT, unborn) == [
        "Ligne 3, colonne naissance_prevue : la date prévue manque pour un enfant à naître."
    ]


def test_the_same_person_twice_in_a_family_is_told():
    again = ENFANT | {"prenoms": "LEA"}

    assert mistakes(PARENT, ENFANT, again) == [
        "Ligne 4 : cette personne est déjà dans la même famille."
    ]


def test_a_family_needs_somebody_to_write_to():
    assert mistakes(ENFANT) == [
        "Ligne 2, colonne role : aucun responsable dans la famille « F1 » : à qui écrire ?"
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"role": "responsabel"},
        {"role": "#REF!"},
        {"role": "a naitree", "prenoms": ""},
        {"reference": ""},
        {"famille": ""},
        {"voie": "12 rue; des Tilleuls"},
    ],
)
def test_one_mistake_is_told_once_without_its_consequences(changes):
    assert len(mistakes(PARENT | changes, ENFANT)) == 1


def test_a_line_lost_inside_a_family_does_not_cut_it_in_two():
    assert len(mistakes(PARENT, ENFANT | {"reference": ""}, ENFANT | {"prenoms": "Tom"})) == 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"code_postal": "1000"}, "« 1000 » : cinq chiffres attendus"),
        ({"pays": "Syldavie"}, "« Syldavie » : ce pays est inconnu"),
        ({"commune": ""}, "colonne commune : il manque pour que l’adresse soit complète."),
    ],
)
def test_an_address_is_whole_or_absent(changes, expected):
    (faute,) = mistakes(PARENT | changes, ENFANT)

    assert expected in faute


def test_an_address_abroad_has_its_own_postcode():
    abroad = {"pays": "Belgique", "code_postal": "1000", "commune": "Bruxelles"}
    familles, fautes = read(fichier(PARENT | abroad, ENFANT))

    assert fautes == []
    assert familles[0].adresse["pays"] == "BE"


def test_every_mistake_is_counted_and_the_first_are_shown():
    wrong = [PARENT | {"reference": f"F{n}", "civilite": "x"} for n in range(MONTREES + 50)]
    fautes = Fautes()
    list(lire(fichier(*wrong), fautes))

    assert len(fautes.premieres) == MONTREES
    assert fautes.autres == 50


def test_a_reference_copied_everywhere_stops_the_reading():
    crowd = [PARENT | {"prenoms": f"Camille{n}"} for n in range(PERSONNES_MAX + 10)]

    assert mistakes(*crowd) == [
        f"Ligne {PERSONNES_MAX + 2} : plus de {PERSONNES_MAX} personnes ont la référence « F1 » : "
        "la lecture s’arrête ici."
    ]


def test_only_one_family_is_read_ahead():
    """Memory does not grow with the file: a family comes out before the next ones are read."""
    source = fichier(*(ligne for n in range(200) for ligne in famille(f"F{n}")))
    first = next(lire(source, Fautes()))

    assert first.reference == "F0"
    assert source.tell() < 1000
