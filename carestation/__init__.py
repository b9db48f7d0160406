"""CareStation: the closed communication place of a care team around one patient."""
