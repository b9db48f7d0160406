"""The patient of a group: who it is, what to beware of, what they agreed to.

Access lies below: a seat is asked for. Consent is data: with whom to share, explained by whom, in
which form, since when, and whether it was withdrawn.

In an emergency a professional takes a seat at a patient of their own facility, with a reason and
for an hour; every member is told, and a manager looks into it.

A facility manages each patient's group. It can propose that another does, whose people sit there;
when that one agrees, the group, its keys and all that hangs on the facility go over at once.

Announces: PatientRegistered, AlikeShown, FaceSheetChanged, FaceSheetViewed, PatientsListed,
    ConsentRecorded, ConsentWithdrawn, ConsentsViewed, EmergencySought, EmergencyBegan,
    EmergencyReviewed, EmergenciesListed, CustodyProposed, CustodyTransferred, CustodyRetained,
    CustodyViewed, LikenessFilled.
Listens to: EmergencyBegan, CustodyProposed, CustodyTransferred, CustodyRetained.
Controls: ISO/IEC 27017 8.3, 8.24; white paper 「暗号化」.
"""
