"""A national library system. The floors and rooms of this package are described in docs/developer/house.md."""

__version__ = "0.1.0"
