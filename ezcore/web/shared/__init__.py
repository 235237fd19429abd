"""What every web area stands on: declared views, themes, forms, security headers, errors. Pyramid is wrapped here."""
