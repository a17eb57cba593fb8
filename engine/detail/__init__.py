"""From the network's small answer to a fill that holds at 100 %.

Texture comes from the photo itself by patch synthesis; the same machine without the network's
answer is the photo-only fill. See docs/detail.md for what was tried and measured.
"""

from engine.detail.transfer import transfer_detail, transfer_many

__all__ = ["transfer_detail", "transfer_many"]
