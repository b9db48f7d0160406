"""The product for programs: the same commands and queries as the pages, in JSON.

One table of calls (`urls.CALLS`) makes the paths, the reading of what is sent and the description
at `/api/v1/openapi.json`. A program signs in like a person, gets a session like a browser's, and
sees what its person may see.

Announces: nothing of its own; looks and changes leave the facts of their contexts.
Listens to: nothing.
Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""
