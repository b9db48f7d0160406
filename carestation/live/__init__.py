"""Shows open pages what changed. A bare ASGI process: kernel and vault, no Django.

One stream carries all groups of a session. A room is the open streams of one timeline, with the
number up to which its seats are known; a push that leaves a gap waits until the seats are read
again. Every write happens at once, without a task of its own; a stream that cannot take more is
told to catch up.

Announces: nothing.
Listens to: the bus.
Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""
