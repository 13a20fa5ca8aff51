"""Django's own commands for developers: `.venv/bin/python manage.py makemigrations`. People use `kitabxana`."""

from __future__ import annotations

import sys

from kitabxana.cli.environment import connect

if __name__ == "__main__":
    connect()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
