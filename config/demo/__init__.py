"""The demo world: a small town's care team, its patients and what they wrote in three weeks.

All of it is invented. It is made through the product's own commands, so that nothing stands in it
that the product could not make; only the times are set back afterwards (`backdate`).

`people` who they are · `groups` where they sit and what to find there · `words` what they wrote ·
`pictures`, `papers` what they attached · `seeding` makes it · `world` tells it to machines.
"""
