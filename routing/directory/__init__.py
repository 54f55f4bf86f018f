"""The agency directory: codes, aliases, roles and jurisdictions, as of an instant."""

from routing.directory.directory import Directory
from routing.directory.model import Agency
from routing.directory.packaged import load_directory

__all__ = ["Agency", "Directory", "load_directory"]
