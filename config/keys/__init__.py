"""The actions of `carestation keys`, one module each; they are imported when Django is set up."""
