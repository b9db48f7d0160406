"""The patient of a group: who it is, what to beware of. Access lies below: a seat is asked for.

Announces: PatientRegistered, FaceSheetChanged, FaceSheetViewed, PatientsListed.
Listens to: nothing.
Controls: ISO/IEC 27017 8.3, 8.24; white paper 「暗号化」.
"""
