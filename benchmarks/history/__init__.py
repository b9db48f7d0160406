"""The same figures at 10,000 and at 10,000,000 posts: `make bench-history`.

`filling`: the posts are written in; `asking`: what is measured, before and after.
"""
