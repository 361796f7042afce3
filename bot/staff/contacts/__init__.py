"""Whether the directory's numbers are well formed, and still stand on the pages that they were read from."""
