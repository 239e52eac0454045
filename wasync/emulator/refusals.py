"""How Graph says no: codes, subcodes and the envelope they travel in (docs/meta-api.md, section G)."""

from __future__ import annotations

from collections.abc import Mapping

from wasync.emulator.shapes import JSON, Row

# subcode -> the title and text people see; localized on the real service, so no client may match on them.
_WORDS: dict[int, tuple[str, str]] = {
    2388019: ("Message Template Limit Exceeded", "This account has reached the limit of message templates."),
    2388023: (
        "Message Template Language Is Being Deleted",
        (
            "New {language} content can't be added while the existing {language} content is being deleted. "
            "Try again in 4 weeks or consider creating a new message template."
        ),
    ),
    2388024: (
        "Content in This Language Already Exists",
        "There is already {language} content for this template. You can create a new template and try again.",
    ),
    2388039: (
        "Message Template Status Can't Be Changed",
        "The message template can't be edited: it is in review, or it was edited too often.",
    ),
    2388040: ("Field Exceeds Character Limit", "The {field} field is longer than {limit} characters."),
    2388043: ("Missing Sample Parameter", "The {field} field has variables without sample values."),
    2388046: (
        "Invalid Message Template Name",
        "The template name may only contain lowercase letters, numbers and underscores.",
    ),
    2388047: ("Message Header Format Is Incorrect", "The header can't have {what}."),
    2388072: ("Message Body Format Is Incorrect", "The body can't have {what}."),
    2388073: ("Message Footer Format Is Incorrect", "The footer can't have {what}."),
    2388155: (
        "Default Template Name",
        "The name {name} belongs to a default sample template. Choose another.",
    ),
    2388185: (
        "Not Eligible",
        "This WhatsApp Business account can't create authentication templates: verify the business first.",
    ),
    2388273: ("Invalid Header Sample", "The header needs a sample: the handle of a finished media upload."),
    2388293: (
        "Parameters Words Ratio Exceeds Limit",
        "This template has too many variables for its length. Use fewer variables or a longer text.",
    ),
    2388299: (
        "Leading or Trailing Parameters",
        "Variables can't be at the start or end of the template.",
    ),
}


class RefusalError(Exception):
    """A request Graph refuses: HTTP status, code, subcode and what else the envelope holds."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        subcode: int | None = None,
        status: int = 400,
        kind: str = "OAuthException",
        transient: bool = False,
        title: str = "",
        user_message: str = "",
        data: JSON = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.subcode, self.status = code, message, subcode, status
        self.kind, self.transient, self.data = kind, transient, data
        self.title, self.user_message = title, user_message
        self.headers = dict(headers or {})

    def envelope(self, trace: str) -> Row:
        """The body of the answer."""
        error: Row = {"message": self.message, "type": self.kind, "code": self.code}
        if self.data is not None:
            error["error_data"] = self.data
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.subcode is not None or self.transient or self.title:
            error["is_transient"] = self.transient
        if self.title:
            error["error_user_title"] = self.title
            error["error_user_msg"] = self.user_message
        error["fbtrace_id"] = trace
        return {"error": error}


def invalid(subcode: int, *, code: int = 100, blame: str = "", **words: object) -> RefusalError:
    """A refusal with one of the template subcodes."""
    title, sentence = _WORDS[subcode]
    message = (
        "Invalid parameter"
        if code == 100
        else f"(#{code}) Application does not have permission for this action"
    )
    data: JSON = {"blame_field_specs": [[blame]]} if blame else None
    return RefusalError(
        code, message, subcode=subcode, title=title, user_message=sentence.format(**words), data=data,
        status=403 if code == 10 else 400,
    )  # fmt: skip


def parameter(sentence: str, title: str = "", user_message: str = "") -> RefusalError:
    """Code 100 without a subcode: Meta names none for this fault."""
    if title:
        return RefusalError(100, "Invalid parameter", title=title, user_message=user_message or sentence)
    return RefusalError(100, f"(#100) {sentence}")


def unknown_object(method: str, node: str) -> RefusalError:
    """Not found and no permission look alike."""
    return RefusalError(
        100,
        f"Unsupported {method.lower()} request. Object with ID '{node}' does not exist, cannot be loaded "
        "due to missing permissions, or does not support this operation. Please read the Graph API "
        "documentation at https://developers.facebook.com/docs/graph-api",
        subcode=33,
        kind="GraphMethodException",
    )


def unknown_field(field: str, node_type: str) -> RefusalError:
    """A field or edge this kind of node does not have."""
    return RefusalError(100, f"(#100) Tried accessing nonexisting field ({field}) on node type ({node_type})")


def no_access(
    sentence: str = "You do not have the necessary permissions to access this asset.",
) -> RefusalError:
    """The token is good, but not for this."""
    return RefusalError(200, f"(#200) {sentence}", status=403)


def bad_token(sentence: str, subcode: int | None = None) -> RefusalError:
    """The token itself is no good."""
    return RefusalError(190, sentence, subcode=subcode, status=401)
