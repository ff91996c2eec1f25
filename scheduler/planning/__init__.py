"""Planning: agenda and papers of a meeting, who is invited and why, conflicts, the notice."""
