"""Amending documents: a policy as written, and what amends it, become the policy as amended.

Places are found in the tree as written, words are changed in the text: so an amended policy is, to the letter, what
somebody would have who had edited it by hand, and every later pass is the ordinary one.
"""
