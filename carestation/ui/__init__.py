"""The design system: tokens, components, behaviours, base pages. No domain words.

A thing that people see is written once: its look in `static/ui/css`, its markup as a macro in
`jinja2/ui/_<thing>.html`, its logic here in Python, its behaviour as a custom element in
`static/ui/js`. `docs/explanation/design-kit.md` lists them and says how one more is made.

Announces: nothing.
Listens to: nothing.
Controls: none of its own.
"""
