"""Follow docs/operating.md as a stranger with an empty machine would: a service, its backup, upgrade and restore.

The commands are those of the page. They run in a mount namespace of their own, in which the folders that they change
are copies. For what is not here there are stand-ins: `sudo`, packages, the editor, and `systemctl`, which does what the
unit says.
"""

import asyncio
import re
import tempfile
from pathlib import Path

from discord_sandbox.sandbox import Sandbox
from tests.deploy.checks import CheckFailedError, ToolMissingError
from tests.deploy.container import CAN_ISOLATE
from tests.deploy.dockerfile import ROOT

PAGE = ROOT / "docs" / "operating.md"
_MACHINE = """
for place in etc opt var/lib usr/local/sbin; do
    mkdir -p "$MACHINE/$place" "/$place"
    [ "$place" = etc ] && cp -a /etc/. "$MACHINE/etc"
    mount --bind "$MACHINE/$place" "/$place"
done
export PATH="$MACHINE/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin" HOME="$MACHINE"
say() { printf '== %s\\n' "$*"; }
started() {
    for _ in $(seq 300); do grep -q connected "$MACHINE/log" && return; sleep 0.1; done
    cat "$MACHINE/log"
    exit 1
}
"""
_AN_OLDER_DATABASE = """
[ "$(cat "$MACHINE/code")" = 0 ]
rm /var/lib/raidbot/data/raidbot.db
install -m 600 -o raidbot -g raidbot OLDER /var/lib/raidbot/data/raidbot.db
"""
_STAND_INS = {
    "sudo": 'exec "$@"',
    "apt": "command -v git python3 >/dev/null && python3 -c 'import ensurepip'",
    "sudoedit": 'sed -i "s/^DISCORD_TOKEN=.*/DISCORD_TOKEN=$TOKEN/" "$1"; echo "RAIDBOT_DISCORD_API_URL=$API" >> "$1"',
    "journalctl": 'cat "$MACHINE/log"',
    "systemctl": """
unit=/etc/systemd/system/raidbot.service
of() { sed -n "s/^$1=//p" "$unit"; }
case "$*" in
daemon-reload) ;;
*stop*)
    kill -TERM "$(cat "$MACHINE/pid")"
    for _ in $(seq 100); do [ -e "$MACHINE/code" ] && exit; sleep 0.1; done
    exit 1 ;;
*start*|*enable*)
    rm -f "$MACHINE/code"
    : > "$MACHINE/log"
    ( cd "$(of WorkingDirectory)"
      setpriv --reuid "$(of User)" --regid "$(of Group)" --init-groups --no-new-privs --bounding-set=-all \\
          env -i PATH=/usr/bin:/bin $(grep '^[A-Z]' "$(of EnvironmentFile)") $(of ExecStart) >"$MACHINE/log" 2>&1 &
      echo $! >"$MACHINE/pid"; wait $!; echo $? >"$MACHINE/code" ) >/dev/null 2>&1 & ;;
esac
""",
}


def tell() -> None:
    """Follow the page. Raises CheckFailedError with all output, and ToolMissingError for whoever is not root."""
    if not CAN_ISOLATE:
        raise ToolMissingError("only root can take the steps of the page, with unshare (apt-get install util-linux)")
    with tempfile.TemporaryDirectory(prefix="machine-") as folder:
        machine = Path(folder)
        machine.chmod(0o755)
        (machine / "bin").mkdir()
        for name, text in _STAND_INS.items():
            stand_in = machine / "bin" / name
            stand_in.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
            stand_in.chmod(0o755)
        asyncio.run(_follow(machine))


async def _follow(machine: Path) -> None:
    async with Sandbox(limits="off") as sandbox:
        sandbox.add_guild("Home")
        variables = {"MACHINE": str(machine), "TOKEN": sandbox.token, "API": sandbox.api_url, "LANG": "C.UTF-8"}
        child = await asyncio.create_subprocess_exec(
            "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "bash", "-euxc", script(),
            cwd="/", env=variables, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        output, _ = await child.communicate()
    said = output.decode(errors="replace")
    if child.returncode or said.splitlines()[-1] != "== the end":
        raise CheckFailedError(said[-6000:])


def script() -> str:
    """The commands of the page, and between them what a person would look at."""
    install = "\n".join(blocks("As a service of systemd"))
    older = max((ROOT / "tests" / "data").glob("version-*.db"))
    upgrade = blocks("Upgrade")[0].replace(
        "\nsudo git pull\n", f"\nsudo git pull\n{_AN_OLDER_DATABASE.replace('OLDER', str(older))}"
    )
    return f"""{_MACHINE}
say install
{install.replace("ADDRESS", str(ROOT))}
started
say back up, lose something, restore
sudo raidbot backup
sudo raidbot check
sudo systemctl stop raidbot
[ "$(cat "$MACHINE/code")" = 0 ]
backup=$(ls /var/lib/raidbot/data/backups/raidbot.db.manual-*)
rm /var/lib/raidbot/data/raidbot.db
sudo raidbot restore "data/backups/${{backup##*/}}"
[ "$(stat -c %U /var/lib/raidbot/data/raidbot.db)" = raidbot ]
sudo systemctl start raidbot
started
say upgrade
{upgrade}
started
ls /var/lib/raidbot/data/raidbot.db.before-*
say break
sudo systemctl stop raidbot
chown -R root: /var/lib/raidbot/data
chmod 755 /var/lib/raidbot/data
sudo systemctl start raidbot
for _ in $(seq 100); do [ -e "$MACHINE/code" ] && break; sleep 0.1; done
[ "$(cat "$MACHINE/code")" = 3 ]
grep "belongs to root, and RaidBot runs as raidbot" "$MACHINE/log"
! grep Traceback "$MACHINE/log"
say mend, as the message says
eval "$(sed -n 's/.*Run: //p' "$MACHINE/log" | tail -n 1 | sed 's/ *\\[raidbot.*//; s/\\x1b.*//')"
sudo systemctl start raidbot
started
sudo systemctl stop raidbot
say the end
"""


def blocks(heading: str) -> list[str]:
    """The blocks of commands under a heading of the page."""
    page = PAGE.read_text(encoding="utf-8")
    part = re.split(rf"^#+ {re.escape(heading)}$", page, maxsplit=1, flags=re.MULTILINE)[1]
    part = re.split(r"^##+ ", part, maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(r"^```\n(.*?)^```$", part, re.MULTILINE | re.DOTALL)
