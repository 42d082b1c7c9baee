"""The layout around the pages: MkDocs with the Material theme, and a search of our own. See decision 0013."""
