"""The patient of a group: who it is, what to beware of, what they agreed to.

Access lies below: a seat is asked for. Consent is data: with whom to share, explained by whom, in
which form, since when, and whether it was withdrawn.

Announces: PatientRegistered, AlikeShown, FaceSheetChanged, FaceSheetViewed, PatientsListed,
    ConsentRecorded, ConsentWithdrawn, ConsentsViewed.
Listens to: nothing.
Controls: ISO/IEC 27017 8.3, 8.24; white paper 「暗号化」.
"""
