"""書き出し: what a facility takes away of what it may see, to keep it in its own hands.

Asked for at the desk, made by the worker, given out for 72 hours to who asked and to no one else.
An archive is encrypted with a pass phrase that they chose, and sealed again while it lies here.
What a facility may see, it sees through the seats of its people
(`docs/decisions/0130-a-facility-sees-through-the-seats-of-its-people.md`).

Announces: ExportAsked, ExportMade, GroupExported, ExportFailed, ExportFetched, ExportsListed,
ExportRemoved, ExportTakenIn, ExportPlanned, ExportPlanEnded, ExportDue.
Listens to: ExportAsked, ExportMade, ExportFailed, ExportDue.
Controls: ISO/IEC 27017 8.13, CLD.8.1.5; white paper 「バックアップ」.
"""
