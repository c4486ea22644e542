"""Settings of django-simple-captcha, imported by `portal.settings`: import nothing of Django here.

Image and sound come from our own views: the library's font, noise and speech settings are unused.
"""

CAPTCHA_LENGTH = 5
CAPTCHA_TIMEOUT = 30  # minutes: as long as a request may take to fill in
# Read by the library's own commands only: its default takes guessable numbers for a secret.
CAPTCHA_CHALLENGE_FUNCT = "portal.captcha.challenge.challenge"
