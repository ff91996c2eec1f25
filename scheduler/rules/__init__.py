"""The rules of the meetings (三会一课) as data with sources, and the functions that apply them."""
