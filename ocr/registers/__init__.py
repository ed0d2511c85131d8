"""Ruled registers: from scans of a volume's pages to rows and cells, with every doubt said."""

from ocr.registers.cell_reader import RegisterSettings
from ocr.registers.form import (
    RegisterColumn,
    RegisterForm,
    Registers,
    known_registers,
    load_registers,
    package_registers,
)
from ocr.registers.volume import VolumeReader, decide_register

__all__ = [
    "RegisterColumn",
    "RegisterForm",
    "RegisterSettings",
    "Registers",
    "VolumeReader",
    "decide_register",
    "known_registers",
    "load_registers",
    "package_registers",
]
