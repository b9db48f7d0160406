"""What comes in as a file is typed by its content and written anew, in a process of its own.

No Django here, no key and no database: the process that reads strange bytes knows nothing else.
See `docs/decisions/0005-media.md`.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""
