"""Signs or validates webhooks with Twilio's library for Python. Reads one JSON document from stdin, and writes one to stdout.

In: {"do": "sign" | "accepts", "token": ..., "algorithm": ... (optional), "webhooks": [{"url", "body", "format", "signature"}]}
Out: a list of signatures, or of booleans.
"""

import json
import sys
from urllib.parse import parse_qs

from twilio.request_validator import RequestValidator


class Form(dict):
    """Parameters with all their values, in the shape of Django's."""

    def getlist(self, name):
        return self[name]


def parameters(webhook):
    if webhook["format"] == "json":
        return webhook["body"]
    return Form(parse_qs(webhook["body"], keep_blank_values=True, encoding="utf-8", errors="replace"))


def sign(validator, webhook, algorithm):
    signed = {} if webhook["format"] == "json" else parameters(webhook)
    return validator.compute_signature(webhook["url"], signed, *algorithm)


def accepts(validator, webhook, algorithm):
    try:
        return validator.validate(webhook["url"], parameters(webhook), webhook["signature"], *algorithm)
    except Exception:
        return False


def main():
    asked = json.load(sys.stdin.buffer)
    validator = RequestValidator(asked["token"])
    # Older versions of the library have no such argument.
    algorithm = [asked["algorithm"]] if "algorithm" in asked else []
    do = {"sign": sign, "accepts": accepts}[asked["do"]]
    json.dump([do(validator, webhook, algorithm) for webhook in asked["webhooks"]], sys.stdout)


main()
