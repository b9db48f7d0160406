"""What many do at once: `make bench-load`.

`arrivals`: the start of a shift; `large`: a group of five hundred; `hostile`: who is slow on
purpose, and what an ordinary reader notices of it.
"""
