"""Intake: files are hashed, counted, copied and numbered; unusable ones are recorded, never dropped."""

from digitize.workspace.intake.again import DeliveryAnswer
from digitize.workspace.intake.report import IntakeReport
from digitize.workspace.intake.take import take_in

__all__ = ["DeliveryAnswer", "IntakeReport", "take_in"]
