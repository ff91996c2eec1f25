"""The clock of the branches: what is due, what was held, what is late; figures over a year."""
