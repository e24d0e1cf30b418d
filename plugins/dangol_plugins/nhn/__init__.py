"""NHN Cloud: KakaoTalk Bizmessage (Alimtalk v2.3, brand messages v1.0) and SMS v3.0.

The forms are those of NHN Cloud's own guides (https://github.com/TOAST-DOCS/Alimtalk, https://github.com/TOAST-DOCS/SMS,
published at https://docs.nhncloud.com).
"""

from dangol_plugins.nhn.channel import Nhn

__all__ = ["Nhn"]
