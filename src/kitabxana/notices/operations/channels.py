"""The wires: one e-mail through SMTP, one message to a telephone through a gateway's HTTP door."""

from __future__ import annotations

import json
import smtplib
import urllib.error
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

if TYPE_CHECKING:
    from email.message import Message as Headers

    from kitabxana.notices.models import Message

SECONDS = 15
_PERMANENT = 500


class NotSent(Exception):
    """`reason` is a code of `messages.REASONS`; `final` ones are not tried again."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        self.reason, self.final = reason, final
        super().__init__(reason)


def message_id(number: int) -> str:
    """The same for every attempt: a mail system that keeps doubles away can tell them by it (RFC 5322, 3.6.4)."""
    return f"<kitabxana.{number}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].strip('> ') or 'localhost'}>"


def send_email(row: Message, *, reply_to: str = "") -> None:
    """Hand one e-mail to the mail server of the settings; raises NotSent."""
    headers = {
        "Message-ID": message_id(row.pk), "Auto-Submitted": "auto-generated", "Content-Language": row.language,
    }  # fmt: skip
    mail = EmailMessage(
        row.subject, row.body, to=[row.address], headers=headers, reply_to=[reply_to] if reply_to else None,
        connection=get_connection(fail_silently=False),
    )  # fmt: skip
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as refused:
        codes = [code for code, _ in refused.recipients.values()]
        raise NotSent("address_refused", final=all(code >= _PERMANENT for code in codes)) from None
    except smtplib.SMTPResponseException as answer:
        wrong_login = isinstance(answer, smtplib.SMTPAuthenticationError)
        raise NotSent("server_refused", final=answer.smtp_code >= _PERMANENT and not wrong_login) from None
    except (OSError, smtplib.SMTPException):
        raise NotSent("server_away") from None
    except ValueError:
        raise NotSent("address_refused", final=True) from None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The gateway is where the operator says, and nowhere else."""

    def redirect_request(
        self, _req: urllib.request.Request, _fp: Any, _code: int, _msg: str, _headers: Headers, _newurl: str
    ) -> None:
        return None


_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())


def gateway_knows_doubles() -> bool:
    """Whether each message is sent with a number by which the gateway can drop the second of two."""
    return bool(settings.SMS_GATEWAY["reference_field"])


def send_sms(row: Message) -> None:
    """Hand one message to the gateway of the settings; raises NotSent. Nothing of request or answer is logged."""
    try:
        with _OPENER.open(_request(row), timeout=SECONDS) as answer:
            if answer.status >= 300:
                raise NotSent("gateway_refused")
    except urllib.error.HTTPError as answer:
        busy = answer.code in (408, 425, 429) or answer.code >= _PERMANENT
        raise NotSent("gateway_refused", final=not busy) from None
    except (OSError, ValueError) as wrong:
        # An answer that never came may have been a yes: only a gateway that knows doubles is asked again.
        unsure = isinstance(wrong, TimeoutError) or isinstance(getattr(wrong, "reason", None), TimeoutError)
        if unsure and not gateway_knows_doubles():
            raise NotSent("uncertain", final=True) from None
        raise NotSent("gateway_away") from None


def _request(row: Message) -> urllib.request.Request:
    gateway = settings.SMS_GATEWAY
    if urllib.parse.urlsplit(gateway["url"]).scheme not in ("http", "https"):
        raise NotSent("channel_off", final=True)
    fields = dict(urllib.parse.parse_qsl(gateway["fields"]))
    fields |= {gateway["to_field"]: row.address, gateway["text_field"]: row.sms}
    if gateway_knows_doubles():
        fields[gateway["reference_field"]] = f"kitabxana-{row.pk}"
    headers = {"Authorization": gateway["authorization"]} if gateway["authorization"] else {}
    if gateway["method"].upper() == "GET":
        joined = "&" if "?" in gateway["url"] else "?"
        address = f"{gateway['url']}{joined}{urllib.parse.urlencode(fields)}"
        return urllib.request.Request(address, headers=headers)  # noqa: S310 - the scheme is looked at above
    if gateway["body"] == "json":
        body, kind = json.dumps(fields).encode(), "application/json"
    else:
        body, kind = urllib.parse.urlencode(fields).encode(), "application/x-www-form-urlencoded"
    return urllib.request.Request(  # noqa: S310 - the scheme is looked at above
        gateway["url"], data=body, headers={**headers, "Content-Type": kind}, method="POST"
    )
