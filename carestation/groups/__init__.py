"""Who sits together, in which role, at which side.

A patient group has two sides, the others one. Each side is a timeline that counts what its
readers can see change; a membership that begins or ends counts too.

Announces: GroupOpened, MembershipBegan, MembershipEnded, GroupArchived, MembersViewed.
Listens to: nothing.
Controls: ISO/IEC 27017 5.18, 8.3; white paper 「利用者アクセスの管理」.
"""
