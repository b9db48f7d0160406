"""Facilities, and the people who work there.

A facility registers itself by a link to its first manager's address, accepts the terms, and takes
part once the operator has approved it. The operator can freeze it: then no place in it gives
anything, and nothing is deleted.
People come by an invitation to their address, with the account that they have or a new one.
A facility is administered at its desk, by its managers and whom they gave rights there: what each
role may do stands in one table, and a facility makes roles of its own by choosing rights.
A person's place in it begins, changes, pauses and ends there, without their help; a facility keeps
a manager. Twice a year a manager signs the list of who has a place. The facility's own rules bind
whoever works there: the strictest, where there are several. What its files take is counted, and the
operator may limit it.

Announces: FacilityApplied, FacilityOpened, FacilityApproved, FacilityRefused, FacilityFrozen,
    FacilityUnfrozen, FacilityReadingChanged, FacilityPhoneChanged, TermsAccepted, StaffInvited,
    StaffInvitationResent, StaffInvitationCancelled, StaffInvitationAccepted, StaffBegan,
    StaffChanged, StaffPaused, StaffResumed, StaffEnded, StaffReviewed, PolicyChanged, RoleChanged,
    RightGiven, RightTaken, RoleEnded, StorageLimitChanged, StorageRanShort.
Listens to: PolicyChanged, RoleChanged, RoleEnded, FacilityApproved, FacilityRefused,
    FacilityFrozen, FacilityUnfrozen, StorageRanShort.
Controls: ISO/IEC 27017 5.16, 5.18, 8.2, 8.6; white paper 「利用者アクセスの管理」,
    「容量・能力の管理」.
"""
