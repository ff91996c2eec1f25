"""The directory: who belongs where, which device stands where, who may do what."""
