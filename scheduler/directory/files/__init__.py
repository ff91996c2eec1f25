"""Reading the files of the directory: bytes to lines of cells, whatever the bytes are."""
