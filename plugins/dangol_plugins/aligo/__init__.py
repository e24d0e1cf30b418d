"""Aligo: texts and Alimtalk.

The forms are those of Aligo's own pages (https://smartsms.aligo.in/admin/api/spec.html and
https://smartsms.aligo.in/shop/kakaoapispec.html); what is known from public code only, the docstrings say.
"""

from dangol_plugins.aligo.channel import Aligo

__all__ = ["Aligo"]
