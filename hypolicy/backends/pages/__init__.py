"""What a policy says, as pages for people to read: the published site, and the explanation of one record."""
