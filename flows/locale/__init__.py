"""Catalogues: every sentence of the templates in every language we speak."""
