"""The form of page f: ten fields."""

from django import forms


class DossierForm(forms.Form):
    titre = forms.CharField(max_length=120)
    nom = forms.CharField(max_length=80)
    prenoms = forms.CharField(max_length=120)
    courriel = forms.EmailField()
    telephone = forms.RegexField(r"^[0-9 +]{10,20}$")
    naissance = forms.DateField()
    exemplaires = forms.IntegerField(min_value=1, max_value=3)
    motif = forms.ChoiceField(choices=[("mariage", "Mariage"), ("retraite", "Retraite")])
    observations = forms.CharField(widget=forms.Textarea, max_length=2000)
    certification = forms.BooleanField()
