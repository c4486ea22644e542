"""Shape of what is typed to log in."""

from django import forms

from portal.kernel.text import clean_line


class ConnexionForm(forms.Form):
    """Identifiant (or e-mail) and password; whether they fit is the view's question."""

    identifiant = forms.CharField(
        label="Identifiant",
        help_text="nom d’utilisateur, code d’accès ou courriel",
        max_length=254,
        error_messages={"required": "Saisissez votre identifiant."},
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    mot_de_passe = forms.CharField(
        label="Mot de passe",
        max_length=200,
        strip=False,
        error_messages={"required": "Saisissez votre mot de passe."},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def clean_identifiant(self) -> str:
        return clean_line(self.cleaned_data["identifiant"])
