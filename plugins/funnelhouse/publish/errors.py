"""Why something is not published or cannot be read."""

from funnelhouse.errors import Verdict


class NothingPublished(Verdict):
    """There is no published version to read; the message says how to get one."""


class PublishRefused(Verdict):
    """The build must not be published as it is; the message names table, column and mend."""


class RollbackImpossible(Verdict):
    """There is no such version to go back to; the message lists the kept ones."""
