"""Why something is not published or cannot be read."""

from funnelhouse.errors import Verdict


class NothingPublished(Verdict):
    """Nothing is published yet; the message says how to publish."""


class PublishRefused(Verdict):
    """The build must not be published as it is; the message names table, column and how to fix it."""


class RollbackImpossible(Verdict):
    """The version to go back to does not exist; the message lists the kept ones."""
