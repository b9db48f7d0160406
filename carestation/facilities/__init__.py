"""Facilities, and the people who work there.

Announces: FacilityOpened, StaffBegan, StaffEnded.
Listens to: nothing.
Controls: ISO/IEC 27017 5.18, 8.2; white paper 「利用者アクセスの管理」.
"""
