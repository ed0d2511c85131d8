"""Ruled registers: from scans of a volume's pages to rows and cells, with every doubt said."""

from ocr.registers.form import Column, RegisterForm, Registers, known_registers, load_registers, package_registers
from ocr.registers.read import RegisterReading, RegisterSettings, Row, read_register
from ocr.registers.volume import VolumeReader, decide_register

__all__ = [
    "Column",
    "RegisterForm",
    "RegisterReading",
    "RegisterSettings",
    "Registers",
    "Row",
    "VolumeReader",
    "decide_register",
    "known_registers",
    "load_registers",
    "package_registers",
    "read_register",
]
