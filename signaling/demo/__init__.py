"""The demonstration: Ruzhou's directory, a weekly meeting in progress, synthetic village phones."""
