"""Search among a million posts: `make bench-million` fills a CareStation of its own, and measures.

`words`: what the posts say; `filling`: they are sealed and indexed for real, and copied in;
`asking`: what is measured.
"""
