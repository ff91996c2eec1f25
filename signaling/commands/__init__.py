"""The commands of `liancun`, one subject a file."""
