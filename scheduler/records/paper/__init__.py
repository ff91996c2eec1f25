"""Records on paper: what the document says (`document`), and as DOCX, PDF and XLSX."""
