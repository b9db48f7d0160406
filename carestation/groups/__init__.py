"""Who sits together, in which role, at which side, and who is invited to.

A patient group has two sides, the others one. Each side is a timeline that counts what its
readers can see change; a membership that begins or ends counts too.
An invitation waits for a manager, where someone else invites, then for the patient, where they
take part; then it is sent, for seven days, and the invited joins with the account that they have
or, as the family, a new one. It ends with the seat of who invited.

Two professionals can be connected: one offers it, the other agrees, either ends it. It lets them
talk and choose each other for an invitation, and tells nobody whether an address has an account.

Announces: GroupOpened, MembershipBegan, MembershipEnded, GroupArchived, GroupReopened,
    RoleChanged, MembersViewed,
    MemberInvited, InvitationApproved, InvitationAgreed, InvitationResent, InvitationEnded,
    InvitationAccepted, ConnectionOffered, ConnectionOfferEnded, ConnectionBegan, ConnectionEnded.
Listens to: MemberInvited, InvitationApproved, ConnectionOffered.
Controls: ISO/IEC 27017 5.18, 8.3; white paper 「利用者アクセスの管理」.
"""
