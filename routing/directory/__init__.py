"""The agency directory: codes, aliases, roles and jurisdictions, as of an instant."""

from routing.directory.cells import Fault
from routing.directory.directory import Directory
from routing.directory.model import Agency
from routing.directory.packaged import load_directory, packaged_sheets
from routing.directory.reading import DirectoryInvalid, DirectoryRead, read_directory
from routing.directory.sheets import Sheets

__all__ = [
    "Agency",
    "Directory",
    "DirectoryInvalid",
    "DirectoryRead",
    "Fault",
    "Sheets",
    "load_directory",
    "packaged_sheets",
    "read_directory",
]
