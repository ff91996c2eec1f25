"""Calendar feeds: who may read which meetings, and how they are written. Import the modules."""
