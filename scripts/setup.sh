# Sourced by the other scripts: makes .venv and installs the pinned, hashed requirements named in "$@" (base, dev).
# Does nothing when that is done already for these very files.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%s\n' "$*" >&2; }

python=""
for candidate in python3.11 python3 python3.12 python3.13; do
  if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    python=$candidate
    break
  fi
done
[ -n "$python" ] || { say "Python 3.11 or newer is needed."; exit 1; }

if [ ! -x .venv/bin/python ]; then
  if ! "$python" -m venv .venv 2>/dev/null; then
    rm -rf .venv
    say "Python's venv module is missing (Debian: apt install python3-venv)."
    [ "$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null && "$python" -m venv .venv
  fi
fi

for set in "$@"; do
  stamp=.venv/installed-$set
  sum=$(sha256sum "requirements/$set.txt" pyproject.toml | sha256sum | cut -c1-64)
  if [ "$(cat "$stamp" 2>/dev/null)" != "$sum" ]; then
    say "Installing requirements/$set.txt"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "requirements/$set.txt"
    if [ "$set" = base ]; then
      # The project itself: a path file and the command, so that nothing is built and nothing more is fetched.
      site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
      printf '%s\n' "$PWD/src" >"$site/kitabxana.pth"
      printf '#!%s\nimport sys\n\nfrom kitabxana.cli import main\n\nif __name__ == "__main__":  # a process started for reading imports this file too\n    sys.exit(main())\n' "$PWD/.venv/bin/python" >.venv/bin/kitabxana
      chmod +x .venv/bin/kitabxana
    fi
    printf '%s' "$sum" >"$stamp"
  fi
done
