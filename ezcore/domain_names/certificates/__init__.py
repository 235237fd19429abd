"""Certificates: issued by an authority, installed where the site is hosted, renewed before they expire."""
