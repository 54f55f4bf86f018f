"""Simulated agencies: real servers and clients that behave as scripted, for sandbox, demo, tests.

They speak only the public surface (broker, HTTP, webhooks, mailbox) and know nothing of the
gateway's inside.
"""

from connectors.simulators.agency import Desk, SimulatedAgency, running
from connectors.simulators.amqp_agency import AmqpAgency
from connectors.simulators.behaviour import (
    Behaviour,
    Ending,
    Fault,
    HttpFault,
    Script,
    Span,
    exactly,
)
from connectors.simulators.edxml_agency import EdxmlAgency, Quirks
from connectors.simulators.edxml_road import Paper, Seal
from connectors.simulators.mailbox_agency import MailboxAgency
from connectors.simulators.one_stop import OneStop
from connectors.simulators.record import Record, Sent
from connectors.simulators.wake import SystemWake, Wake
from connectors.simulators.webhook_agency import WebhookAgency

__all__ = [
    "AmqpAgency",
    "Behaviour",
    "Desk",
    "EdxmlAgency",
    "Ending",
    "Fault",
    "HttpFault",
    "MailboxAgency",
    "OneStop",
    "Paper",
    "Quirks",
    "Record",
    "Script",
    "Seal",
    "Sent",
    "SimulatedAgency",
    "Span",
    "SystemWake",
    "Wake",
    "WebhookAgency",
    "exactly",
    "running",
]
