"""The record of a meeting (会议记录): drafted, signed, reviewed, archived, corrected, exported."""
