"""Reading of patients: face sheets, and what stands around a group's pages."""
