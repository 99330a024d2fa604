"""File names as they are kept and sent: text only, never a path, never a header of their own."""
import re
from urllib.parse import quote

from records.words import tidy

LONGEST = 80
UNSAFE = re.compile(r'[<>:"|?*;&$`%\\/]')


def clean_name(name: str, ending: str) -> str:
    """Keep the last part of a path without risky characters; the ending is that of the true kind."""
    last = re.split(r"[\\/]", name)[-1]
    stem = last.rpartition(".")[0] or last
    stem = UNSAFE.sub("_", tidy(stem, LONGEST)).strip(" ._-")
    return f"{stem or 'page'}.{ending}"


def disposition(name: str, inline: bool) -> str:
    """Content-Disposition (RFC 6266) with an ASCII fallback and the real name in UTF-8 (RFC 8187)."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def safe_headers(media_type: str, name: str, download: bool = False) -> dict[str, str]:
    """Headers for a patient's file: no sniffing, no script, no cache; pictures, sound and PDF may be shown."""
    shown = media_type == "application/pdf" or media_type.startswith(("image/", "audio/"))
    # Chromium does not show a PDF in a sandbox; without one its viewer still runs nothing of our origin.
    sandbox = "" if media_type == "application/pdf" else "; sandbox"
    return {
        "Content-Type": media_type,
        "Content-Disposition": disposition(name, inline=shown and not download),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": f"default-src 'none'{sandbox}",
        "Cache-Control": "private, no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
