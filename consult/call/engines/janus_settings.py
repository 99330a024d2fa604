"""The configuration of a Janus of ours: the video room and its WebSocket, on this machine alone, and nothing else.

    python -m consult.call.engines.janus_settings FOLDER SECRET [PORT]
"""
import sys
from pathlib import Path


def written(folder: Path, port: int, secret: str, libraries: Path, log: Path | None = None) -> Path:
    """Write the configuration into `folder`; returns it, for `janus --configs-folder`."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)     # also one that was there before
    _write(folder / "janus.jcfg", _core(folder, secret, libraries, log))
    _write(folder / "janus.transport.websockets.jcfg",
           'general: {\n  json = "compact"\n  ws = true\n  ws_ip = "127.0.0.1"\n'
           f"  ws_port = {port}\n  wss = false\n}}\n"
           "admin: {\n  admin_ws = false\n  admin_wss = false\n}\n")
    _write(folder / "janus.plugin.videoroom.jcfg", "general: {\n  events = false\n}\n")
    return folder


def _write(file: Path, text: str) -> None:
    """For its owner alone from the first byte: the secret stands in it."""
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_text(text)


def _core(folder: Path, secret: str, libraries: Path, log: Path | None) -> str:
    others = {"plugins": libraries / "plugins", "transports": libraries / "transports",
              "events": libraries / "events", "loggers": libraries / "loggers"}
    wanted = ("videoroom", "websockets")
    off = {name: [one.name for one in sorted(where.glob("*.so")) if not any(w in one.name for w in wanted)]
           for name, where in others.items()}
    lines = [f'general: {{\n  configs_folder = "{folder}"\n  api_secret = "{secret}"\n  debug_level = 2',
             *(f'  {name}_folder = "{where}"' for name, where in others.items()),
             *([f'  log_to_file = "{log}"'] if log else []), "}",
             *(f'{name}: {{\n  disable = "{",".join(names)}"\n}}' for name, names in off.items() if names),
             'nat: {\n  ice_ignore_list = "vmnet"\n}', "media: {\n}"]
    return "\n".join(lines) + "\n"


def main(words: list[str]) -> None:
    """Write it for the Janus of this machine's packages."""
    found = sorted(Path("/usr/lib").glob("*/janus"))
    if len(words) not in (2, 3) or not found:
        raise SystemExit(__doc__ if found else "Janus is not installed: apt-get install janus")
    port = int(words[2]) if len(words) == 3 else 8188
    folder = written(Path(words[0]).resolve(), port, words[1], found[0])
    sys.stdout.write(f"janus --configs-folder={folder}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
