"""What every web area stands on: declared views, themes, forms, headers, errors. Pyramid is wrapped here."""
