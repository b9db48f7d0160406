"""The project: settings, processes, commands. The product is `carestation`; it never imports this."""
