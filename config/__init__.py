"""The project: settings, processes, commands. The product `carestation` never imports this."""
