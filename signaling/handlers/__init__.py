"""What is done for each message of a device: one file per concern, one table of all."""
