"""Shape of what is typed to close an account."""

from django import forms


class FermetureForm(forms.Form):
    """The current password; whether it is right is the service's question."""

    mot_de_passe_actuel = forms.CharField(
        label="Votre mot de passe actuel",
        help_text="Pour être sûr que c’est bien vous.",
        max_length=200,
        strip=False,
        error_messages={"required": "Saisissez votre mot de passe."},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
