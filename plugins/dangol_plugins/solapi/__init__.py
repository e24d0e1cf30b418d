"""SOLAPI (formerly CoolSMS): texts, Alimtalk and brand messages.

The forms are those of SOLAPI's own SDKs (https://github.com/solapi/solapi-nodejs, solapi-python) and of
https://developers.solapi.dev; what is known from elsewhere only, the docstrings say.
"""

from dangol_plugins.solapi.channel import Solapi

__all__ = ["Solapi"]
