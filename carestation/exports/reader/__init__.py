"""Read what CareStation wrote out: check it, show it in a browser, or unpack it. Offline.

    python3 read_export.py check   carestation-2026-11-28-0900.zip
    python3 read_export.py show    carestation-2026-11-28-0900.zip
    python3 read_export.py extract carestation-2026-11-28-0900.zip FOLDER

Python 3.9 or later is all it needs. The pass phrase is asked for, never given as an argument.
The archive is a ZIP whose members are encrypted with AES-256 (WinZip's AE-2; 7-Zip, Keka and
WinZip open it, too); MANIFEST.sha256 holds the SHA-256 of every other member, as `sha256sum -c`
reads it. `show` answers on this machine alone (127.0.0.1), and puts nothing on its disk.
"""
