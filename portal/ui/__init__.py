"""What every page shares: the Jinja2 environment, formats, icons, menu and error pages."""
