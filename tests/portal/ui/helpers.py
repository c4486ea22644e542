"""A form with every kind of control, and the checks that any fragment of a page must pass."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django import forms
from django.template import engines
from lxml import html

XSS = "\"><script>alert(1)</script>'&"
LONG = "Anticonstitutionnellement" * 12
CHOIX = [("copie", "Copie intégrale"), ("extrait", "Extrait"), (XSS, XSS)]


def condition(champ: str, *valeurs: Any) -> SimpleNamespace:
    return SimpleNamespace(champ=champ, valeurs=valeurs, texte=f"À remplir si {XSS}")


class GalerieForm(forms.Form):
    """One field of each kind, with long and hostile texts."""

    nom = forms.CharField(
        label="Nom",
        help_text="Celui de l’acte.",
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    courriel = forms.EmailField(label="Courriel")
    telephone = forms.CharField(
        label="Téléphone",
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel"}),
    )
    age = forms.IntegerField(label="Âge", min_value=0, max_value=150)
    naissance = forms.DateField(
        label="Date de naissance", widget=forms.DateInput(attrs={"type": "date"})
    )
    motif = forms.CharField(label=LONG, help_text=XSS, max_length=500, widget=forms.Textarea)
    pays = forms.ChoiceField(
        label="Pays", choices=[("fr", "France"), ("Europe", [("be", "Belgique"), ("de", XSS)])]
    )
    langues = forms.MultipleChoiceField(label="Langues", choices=CHOIX, required=False)
    acte = forms.ChoiceField(
        label="Quel acte ?", choices=CHOIX, widget=forms.RadioSelect, help_text="Un seul."
    )
    envoi = forms.MultipleChoiceField(
        label="Envoi", choices=CHOIX, widget=forms.CheckboxSelectMultiple
    )
    piece = forms.FileField(label="Justificatif", required=False)
    mot_de_passe = forms.CharField(label="Mot de passe", widget=forms.PasswordInput)
    certifie = forms.BooleanField(label="Je certifie", help_text="Sous peine de refus.")
    jeton = forms.CharField(widget=forms.HiddenInput, initial=XSS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["acte"].aides = {"copie": "Tout l’acte."}
        self.fields["motif"].condition = condition("acte", "copie", XSS)
        self.fields["piece"].condition = condition("certifie", True)
        self.fields["telephone"].largeur = "moyen"


FAUTES = {"nom": XSS, "motif": "", "pays": "be", "langues": ["copie"], "age": "douze"}
GALERIE = (
    '{% from "components/forms.html" import champ, groupe, conditionnel, legende_requis,'
    " resume_erreurs %}"
    "<main><h1>Galerie</h1>{{ resume_erreurs(form) }}{{ legende_requis() }}"
    '<form method="post" novalidate>{% for field in form %}{{ champ(field) }}{% endfor %}'
    '<button type="submit">Envoyer</button></form></main>'
)


def draw(source: str, **context: Any) -> str:
    return engines["jinja2"].from_string(source).render(context)


def tree(source: str, **context: Any) -> html.HtmlElement:
    return html.fromstring(f"<div>{draw(source, **context)}</div>")


def only(root: html.HtmlElement, path: str) -> html.HtmlElement:
    found = root.xpath(path)
    assert len(found) == 1, f"{path}: {len(found)} found"
    return found[0]


def text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def check_structure(root: html.HtmlElement) -> None:
    """Fail on what no page of ours may have: see the messages."""
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids)), "an id is used twice"
    for name in ("aria-describedby", "aria-labelledby", "aria-controls"):
        for value in root.xpath(f"//@{name}"):
            assert set(value.split()) <= set(ids), f"{name} points nowhere: {value}"
    for target in root.xpath("//label/@for"):
        assert target in ids, f"a label points nowhere: {target}"
    controls = root.xpath("//input[not(@type='hidden')] | //select | //textarea")
    for control in controls:
        label = root.xpath("//label[@for=$id]", id=control.get("id"))
        assert label, f"no label: {html.tostring(control)}"
        assert text(label[0]), f"empty label: {html.tostring(control)}"
    for anchor in root.xpath("//*[@data-resume-erreurs]//a/@href"):
        assert anchor.removeprefix("#") in ids, f"the summary points nowhere: {anchor}"
    for fieldset in root.xpath("//fieldset"):
        assert fieldset[0].tag == "legend", "a fieldset without legend"
    assert not root.xpath("//script[not(@src)] | //style | //*[@style]"), "inline script or style"
    assert not [a for a in root.xpath("//@*") if a.attrname.startswith("on")], "inline handler"
    assert not root.xpath("//svg[not(@aria-hidden='true')]"), "an icon that speaks"
    levels = [int(h.tag[1]) for h in root.xpath("//h1 | //h2 | //h3 | //h4 | //h5 | //h6")]
    assert levels.count(1) <= 1, "several h1"
