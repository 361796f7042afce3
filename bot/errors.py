"""Every failure that this project names, by what its reader has to do about it.

Each has a short code, which is all that a log may say of it. No message here ever holds what a person typed.
"""


class SupportError(Exception):
    """The root of the tree."""

    code = "internal_error"


class StartError(SupportError):
    """The service cannot start; the message is one sentence that says what to do."""

    code = "cannot_start"


class SettingsError(StartError):
    """A setting is missing or wrong; names the setting, never its value."""


class DirectoryError(StartError):
    """The directory of contacts is not fit for use; names the entry and the field."""


class SentencesError(StartError):
    """The sentences or the routing are not fit for use; names the file and the entry."""


class ModelError(StartError):
    """There is no model that fits the data, or it cannot be loaded or trained."""


class TrainingDataError(ModelError):
    """The training messages are not fit to learn from; names the block or the label, never a message."""


class VisitorError(SupportError):
    """A request that is refused; a fixed, kind sentence for its code goes back."""


class BadRequest(VisitorError):
    code = "bad_request"


class ConversationNotFound(VisitorError):
    code = "conversation_not_found"


class TooLong(VisitorError):
    code = "too_long"


class UnsupportedMediaType(VisitorError):
    code = "unsupported_media_type"


class TooManyMessages(VisitorError):
    code = "too_many_messages"


class Busy(VisitorError):
    code = "busy"


class StoreUnreachable(Busy):
    """What is kept of conversations is out of reach."""
