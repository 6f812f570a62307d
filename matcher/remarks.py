"""What did not go as set up, and was done without."""

Remark = dict[str, str]
"""A ``code`` of ``matcher.messages``, its ``detail`` and what else its text needs."""
